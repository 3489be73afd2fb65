import { isDatabaseUnavailable } from '../platform/database/database-errors.js';
import { engine } from './engine.js';

const foreignKeyViolation = '23503';
/** U+0000, which PostgreSQL takes neither as text nor in JSON. */
const unstorableText = ['22021', '22P05'];

/**
 * Does something with the database in the middle of a protocol request. A database that is away is no `server_error` and
 * nobody's fault: 503. What no text can be is the client's fault. What belongs to something that has just been deleted is as dead as that.
 */
export async function duringProtocol<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw unavailable(error);
    const { code } = error as { code?: unknown };
    if (code === foreignKeyViolation) throw new (engine().errors.InvalidGrant)('what it belongs to is gone');
    if (unstorableText.includes(code as string))
      throw new (engine().errors.InvalidRequest)('a parameter has a character that cannot be kept');
    throw error;
  }
}

/** Not told to an application as the answer of the person: nobody was asked. */
function unavailable(cause: unknown): Error {
  const error = new (engine().errors.CustomOIDCProviderError)(
    'temporarily_unavailable',
    'the server cannot answer now, please try again',
  );
  return Object.assign(error, { status: 503, statusCode: 503, expose: true, allow_redirect: false, cause });
}

export const isUnavailable = (error: unknown): boolean =>
  (error as { statusCode?: unknown } | null)?.statusCode === 503;
