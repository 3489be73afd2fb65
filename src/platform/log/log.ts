import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** Injection token of the log. */
export const LOG = Symbol('log');

/** Names whose values never reach the log, wherever in an entry they stand. */
const secretNames = new Set([
  'password',
  'currentPassword',
  'token',
  'key',
  'secret',
  'authorization',
  'cookie',
  'passwordHash',
  'tokenHash',
]);
const deepest = 6;

/** Structured log on standard output: one JSON object a line. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (entry) => withoutSecrets(entry, deepest) as Record<string, unknown>,
      },
      serializers: { error: describeError },
    },
    // Each write wakes a thread of the pool that hashes passwords: entries go together, a quarter of a second late.
    destination ?? pino.destination({ fd: 1, sync: false, minLength: 4_096, periodicFlush: 250 }),
  );
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/**
 * The same entry where it holds nothing secret, which is the usual case and costs a look at each name (pino's own
 * redaction by paths allocates 80 KB for an entry). Errors are described by their serializer.
 */
function withoutSecrets(value: unknown, levels: number): unknown {
  if (!isPlain(value)) return value;
  if (levels === 0) return '[too deep]';
  let copy: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const clean = secretNames.has(name) ? '[redacted]' : withoutSecrets(inner, levels - 1);
    if (clean === inner) continue;
    copy ??= Array.isArray(value) ? ([...(value as unknown[])] as never) : { ...value };
    copy![name] = clean;
  }
  return copy ?? value;
}

/**
 * What an engineer needs of a failure. Database errors also carry the values of their statement, and those are
 * passwords' hashes, tokens and people's addresses.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code, constraint, table, query } = error as Error & Record<string, unknown>;
  return {
    type: name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(table !== undefined && { table }),
    ...(constraint !== undefined && { constraint }),
    ...(query !== undefined && { query }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
