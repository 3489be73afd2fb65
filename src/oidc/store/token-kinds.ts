import type { TokenKind } from '../../platform/crypto/secret-token.js';

/** What the engine gives out as a token, and what it looks like. */
export const tokenKinds: Readonly<Record<string, TokenKind>> = {
  AccessToken: 'access-token',
  ClientCredentials: 'machine-token',
  RefreshToken: 'refresh-token',
};
