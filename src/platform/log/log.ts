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
      serializers: { error: pino.stdSerializers.err },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  );
}
