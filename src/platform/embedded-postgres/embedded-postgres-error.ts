/** A failure that the person at the terminal can act on: the message is one clear sentence, no stack needed. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
