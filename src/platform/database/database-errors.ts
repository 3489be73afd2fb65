/** SQLSTATE classes and codes (PostgreSQL, appendix A) that mean "not now", not "wrong". */
const passingCodes = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57014', // query_canceled, also by statement_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25P03', // idle_in_transaction_session_timeout
  '25006', // read_only_sql_transaction: the primary has moved
]);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** `pg` gives some failures no code. */
const messages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable|Client was closed|pool after calling end/i;

interface DatabaseErrorLike {
  code?: unknown;
  message?: unknown;
  constraint?: unknown;
  driverError?: unknown;
}

/** The database cannot serve: whoever starts the server reads the message, without a stack. */
export class DatabaseSetUpError extends Error {
  readonly isForeseen = true;
}

/** The connection broke between two statements of a transaction, of which nothing is left. */
export class ConnectionLostError extends Error {
  constructor(cause: unknown) {
    super('Connection terminated between two statements', { cause });
  }
}

/** Whether the database could not be asked, or gave up: the caller may try again. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const { code, message } = innermost(error);
  if (typeof code === 'string') {
    if (passingCodes.has(code) || networkCodes.has(code) || code.startsWith('08')) return true;
  }
  return typeof message === 'string' && messages.test(message);
}

/** Whether the connection may be left in an unknown state and must not serve anybody else. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = innermost(error);
  if (typeof code === 'string' && (networkCodes.has(code) || code.startsWith('08') || code.startsWith('57P')))
    return true;
  return typeof message === 'string' && messages.test(message);
}

/** The name of the unique constraint that a write met, or null. */
export function violatedUniqueConstraint(error: unknown): string | null {
  const { code, constraint } = innermost(error);
  return code === '23505' && typeof constraint === 'string' ? constraint : null;
}

/** Whether a write named something that does not exist (any more). */
export function isForeignKeyViolation(error: unknown): boolean {
  return innermost(error).code === '23503';
}

function innermost(error: unknown): DatabaseErrorLike {
  if (typeof error !== 'object' || error === null) return {};
  const { driverError } = error as DatabaseErrorLike;
  return (driverError ?? error) as DatabaseErrorLike;
}
