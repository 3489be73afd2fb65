import { randomBytes } from 'node:crypto';
import type { Client, Provider } from 'oidc-provider';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** OpenID Connect Back-Channel Logout 1.0, section 2.4. It lives for two minutes, so each attempt makes its own. */
export function logoutToken(
  provider: Provider,
  client: Client,
  userId: string,
  sid: string,
): Promise<string> {
  const token = new provider.IdToken({ sub: userId }, { client });
  token.mask = { sub: null };
  token.set('events', { [event]: {} });
  token.set('jti', randomBytes(16).toString('base64url'));
  // Always: an application that wants no session ids may leave it unread.
  token.set('sid', sid);
  return token.issue({ use: 'logout' });
}
