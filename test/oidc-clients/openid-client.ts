import * as oidc from 'openid-client';
import {
  type Authentication,
  type ClientLibrary,
  type LibraryClient,
  redirectUri,
  type Tokens,
} from './client-library.js';

const execute = [oidc.allowInsecureRequests];

export const openidClient: ClientLibrary = {
  name: 'openid-client',
  async connect(issuer, clientId, authentication, { bindsTokens = false } = {}) {
    const config = await oidc.discovery(issuer, clientId, undefined, authenticated(authentication), {
      execute,
    });
    return clientOf(
      config,
      bindsTokens ? { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair()) } : {},
    );
  },
  async register(issuer, metadata, initialAccessToken) {
    return clientOf(
      await oidc.dynamicClientRegistration(issuer, metadata, undefined, { initialAccessToken, execute }),
      {},
    );
  },
};

function authenticated({ method, secret, key }: Authentication): oidc.ClientAuth {
  switch (method) {
    case 'client_secret_basic':
      return oidc.ClientSecretBasic(secret);
    case 'client_secret_post':
      return oidc.ClientSecretPost(secret);
    case 'private_key_jwt':
      return oidc.PrivateKeyJwt(key!);
    case 'none':
      return oidc.None();
  }
}

function clientOf(config: oidc.Configuration, bound: oidc.DPoPOptions): LibraryClient {
  const tokensOf = (response: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): Tokens => ({
    response,
    claims: response.claims(),
  });
  return {
    async codeRequest(parameters = {}, { isPushed = false } = {}) {
      const verifier = oidc.randomPKCECodeVerifier();
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const all = {
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...parameters,
      };
      const url = isPushed
        ? await oidc.buildAuthorizationUrlWithPAR(config, all, bound)
        : oidc.buildAuthorizationUrl(config, all);
      return { url, verifier, state, nonce };
    },
    redeem: async ({ verifier, state, nonce }, callback) =>
      tokensOf(
        await oidc.authorizationCodeGrant(
          config,
          callback,
          { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
          undefined,
          bound,
        ),
      ),
    refresh: async (refreshToken, parameters) =>
      tokensOf(await oidc.refreshTokenGrant(config, refreshToken, parameters, bound)),
    clientCredentials: async (parameters) =>
      tokensOf(await oidc.clientCredentialsGrant(config, parameters, bound)),
    async beginDevice(parameters) {
      const shown = await oidc.initiateDeviceAuthorization(config, parameters);
      return { deviceCode: shown.device_code, address: shown.verification_uri_complete! };
    },
    // The library's own way waits for seconds between two questions.
    askForDevice: async (deviceCode) =>
      tokensOf(
        await oidc.genericGrantRequest(
          config,
          'urn:ietf:params:oauth:grant-type:device_code',
          { device_code: deviceCode },
          bound,
        ),
      ),
    grant: async (type, parameters) =>
      tokensOf(await oidc.genericGrantRequest(config, type, parameters, bound)),
    userinfo: (accessToken, subject) => oidc.fetchUserInfo(config, accessToken, subject, bound),
    introspect: (token) => oidc.tokenIntrospection(config, token) as Promise<Record<string, unknown>>,
    revoke: (token) => oidc.tokenRevocation(config, token),
    endSession: (parameters) => oidc.buildEndSessionUrl(config, parameters),
  };
}
