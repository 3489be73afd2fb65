import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** Injection token of the log. */
export const LOG = Symbol('log');

/** Names whose values never reach the log, wherever in an entry they stand. */
const secretNames = [
  'password',
  'currentPassword',
  'token',
  'key',
  'secret',
  'authorization',
  'cookie',
  'passwordHash',
  'tokenHash',
];

/** Structured log on standard output: one JSON object a line. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[redacted]',
      },
      serializers: { error: describeError },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  );
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
