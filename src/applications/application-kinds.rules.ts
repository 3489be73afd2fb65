/** `web` runs on a server and `machine` has no users; both keep a secret. `spa` and `native` are in their users' hands. */
export const applicationTypes = ['web', 'spa', 'native', 'machine'] as const;
export type ApplicationType = (typeof applicationTypes)[number];

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  deviceCodeGrant,
  tokenExchangeGrant,
] as const;
export type GrantType = (typeof grantTypes)[number];

export const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type AuthMethod = (typeof authMethods)[number];

interface Kind {
  /** What it may do; the first are what it does unless told. */
  readonly grantTypes: readonly GrantType[];
  readonly usualGrantTypes: readonly GrantType[];
  readonly authMethods: readonly AuthMethod[];
}

const keepsSecrets: readonly AuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const usual: readonly GrantType[] = ['authorization_code', 'refresh_token'];

/**
 * What each type may do. Only a machine acts for itself: it holds roles for that, and a person's application that also did
 * would mix up whose permissions count. Who cannot keep a secret cannot exchange what others trusted it with.
 */
export const kinds: Readonly<Record<ApplicationType, Kind>> = {
  web: {
    grantTypes: [...usual, deviceCodeGrant, tokenExchangeGrant],
    usualGrantTypes: usual,
    authMethods: keepsSecrets,
  },
  spa: { grantTypes: usual, usualGrantTypes: usual, authMethods: ['none'] },
  native: { grantTypes: [...usual, deviceCodeGrant], usualGrantTypes: usual, authMethods: ['none'] },
  machine: {
    grantTypes: ['client_credentials', tokenExchangeGrant],
    usualGrantTypes: ['client_credentials'],
    authMethods: keepsSecrets,
  },
};

/** Whether an application of this method has secrets that this server makes. */
export const usesSecrets = (method: AuthMethod): boolean => method.startsWith('client_secret_');
