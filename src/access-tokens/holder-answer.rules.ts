import type { TokenClaims } from './token-reading.rules.js';

/** What the database says of the holder of a token. */
export interface HolderAnswer {
  readonly issuerVersion: string;
  readonly session?: { readonly id: string; readonly expiresAt: string };
  readonly user?: object;
  readonly organization: object;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly application: object;
}

/**
 * The body of the validation endpoint for an access token: the same as for a session token, which ends with the token, and
 * what the token adds.
 *
 * @param permissions those that the token gives
 */
export function validationAnswer(
  holder: HolderAnswer,
  { expiresAt, scopes, audience }: TokenClaims,
  permissions: readonly string[],
): object {
  const { issuerVersion: _, session, ...rest } = holder;
  const end = new Date(expiresAt * 1_000).toISOString();
  return {
    active: true,
    ...(session && { session: { ...session, expiresAt: end < session.expiresAt ? end : session.expiresAt } }),
    ...rest,
    permissions,
    scopes,
    audience,
  };
}
