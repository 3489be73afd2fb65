import type { Client, Context, Token } from 'oidc-provider';
import { notesOf } from '../request-notes.js';

const minute = 60;
const hour = 60 * minute;
/** Grants end with their session; this is what the engine writes beside. */
const grantSeconds = 365 * 24 * hour;

const settled = (client: Client, name: string): number => client[name] as number;

/** Of an API where a token is for one, else of the application. */
function accessTokenSeconds(ctx: Context, token: Token, client: Client): number {
  const seconds = token.resourceServer?.accessTokenTTL ?? settled(client, 'tenantry_access_token_seconds');
  const endsAt = token.accountId === undefined ? undefined : notesOf(ctx).authentication?.endsAt;
  // No longer than the session in which it is issued: whoever reads it by itself asks nobody.
  return endsAt === undefined ? seconds : Math.max(1, Math.min(seconds, secondsUntil(endsAt)));
}

const secondsUntil = (moment: Date): number => Math.floor((moment.getTime() - Date.now()) / 1_000);

/** Ends when nobody uses it, and however it is used when the family is too old. */
function refreshTokenSeconds(_ctx: Context, token: Token, client: Client): number {
  const idle = settled(client, 'tenantry_refresh_idle_seconds');
  const familyEndsAt = (token.iiat ?? 0) + settled(client, 'tenantry_refresh_absolute_seconds');
  return Math.max(1, Math.min(idle, familyEndsAt - Math.floor(Date.now() / 1_000)));
}

export function lifetimesConfiguration() {
  return {
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: (_ctx: Context, _token: Token, client: Client) => settled(client, 'tenantry_id_token_seconds'),
      RefreshToken: refreshTokenSeconds,
      AuthorizationCode: minute,
      DeviceCode: 10 * minute,
      Interaction: hour,
      Grant: grantSeconds,
      Session: grantSeconds,
    },
    // The sessions and grants that things belong to are asked where these are read, in the same statement.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx: Context, client: Client) => client.grantTypeAllowed('refresh_token'),
    clockTolerance: 5,
  };
}
