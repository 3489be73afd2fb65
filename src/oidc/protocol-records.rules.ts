/** Names of grants for numbers; what a client makes up is one of its own. */
const names: Readonly<Record<string, string>> = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token_exchange',
};

export const recordedGrant = (grantType: unknown): string =>
  (typeof grantType === 'string' && Object.hasOwn(names, grantType) && names[grantType]) || 'other';
