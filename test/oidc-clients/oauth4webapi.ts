import * as oauth from 'oauth4webapi';
import {
  type Authentication,
  type ClientLibrary,
  type ClientOptions,
  type LibraryClient,
  redirectUri,
  type Tokens,
} from './client-library.js';

const insecure = { [oauth.allowInsecureRequests]: true };

export const oauth4webapi: ClientLibrary = {
  name: 'oauth4webapi',
  async connect(issuer, clientId, authentication, options) {
    const client = { client_id: clientId };
    return clientOf(
      await discover(issuer),
      client,
      authenticated(authentication),
      await boundBy(client, options),
    );
  },
  async register(issuer, metadata, initialAccessToken) {
    const server = await discover(issuer);
    const answer = await oauth.dynamicClientRegistrationRequest(server, metadata, {
      initialAccessToken,
      ...insecure,
    });
    const client = await oauth.processDynamicClientRegistrationResponse(answer);
    return clientOf(server, client, oauth.ClientSecretBasic(client.client_secret as string), {});
  },
};

async function discover(issuer: URL): Promise<oauth.AuthorizationServer> {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
}

async function boundBy(client: oauth.Client, { bindsTokens = false }: ClientOptions = {}) {
  return bindsTokens ? { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) } : {};
}

function authenticated({ method, secret, key }: Authentication): oauth.ClientAuth {
  switch (method) {
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(secret!);
    case 'client_secret_post':
      return oauth.ClientSecretPost(secret!);
    case 'private_key_jwt':
      return oauth.PrivateKeyJwt(key!);
    case 'none':
      return oauth.None();
  }
}

function clientOf(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  authentication: oauth.ClientAuth,
  bound: { DPoP?: oauth.DPoPHandle },
): LibraryClient {
  const options = { ...insecure, ...bound };
  const tokensOf = (response: oauth.TokenEndpointResponse): Tokens => ({
    response,
    claims: oauth.getValidatedIdTokenClaims(response),
  });
  const generic = async (type: string, parameters: Record<string, string>): Promise<Tokens> => {
    const answer = await oauth.genericTokenEndpointRequest(
      server,
      client,
      authentication,
      type,
      parameters,
      options,
    );
    return tokensOf(await oauth.processGenericTokenEndpointResponse(server, client, answer));
  };
  return {
    async codeRequest(parameters = {}, { isPushed = false } = {}) {
      const verifier = oauth.generateRandomCodeVerifier();
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
      const all = {
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...parameters,
      };
      const url = new URL(server.authorization_endpoint!);
      url.search = new URLSearchParams({
        client_id: client.client_id,
        ...(isPushed ? { request_uri: await pushed(all) } : all),
      }).toString();
      return { url, verifier, state, nonce };
    },
    async redeem({ verifier, state, nonce }, callback) {
      const answer = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        oauth.validateAuthResponse(server, client, callback, state),
        redirectUri,
        verifier,
        options,
      );
      const checks = { expectedNonce: nonce, requireIdToken: true };
      const response = await oauth.processAuthorizationCodeResponse(server, client, answer, checks);
      await oauth.validateApplicationLevelSignature(server, answer, insecure);
      return tokensOf(response);
    },
    async refresh(refreshToken, additionalParameters = {}) {
      const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, {
        ...options,
        additionalParameters,
      });
      return tokensOf(await oauth.processRefreshTokenResponse(server, client, answer));
    },
    async clientCredentials(parameters = {}) {
      const answer = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        authentication,
        parameters,
        options,
      );
      return tokensOf(await oauth.processClientCredentialsResponse(server, client, answer));
    },
    async beginDevice(parameters) {
      const answer = await oauth.deviceAuthorizationRequest(
        server,
        client,
        authentication,
        parameters,
        insecure,
      );
      const shown = await oauth.processDeviceAuthorizationResponse(server, client, answer);
      return { deviceCode: shown.device_code, address: shown.verification_uri_complete! };
    },
    async askForDevice(deviceCode) {
      const answer = await oauth.deviceCodeGrantRequest(server, client, authentication, deviceCode, options);
      return tokensOf(await oauth.processDeviceCodeResponse(server, client, answer));
    },
    grant: generic,
    async userinfo(accessToken, subject) {
      const answer = await oauth.userInfoRequest(server, client, accessToken, options);
      return oauth.processUserInfoResponse(server, client, subject, answer);
    },
    async introspect(token) {
      const answer = await oauth.introspectionRequest(server, client, authentication, token, insecure);
      return (await oauth.processIntrospectionResponse(server, client, answer)) as Record<string, unknown>;
    },
    async revoke(token) {
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authentication, token, insecure),
      );
    },
    endSession(parameters) {
      const url = new URL(server.end_session_endpoint!);
      url.search = new URLSearchParams({ client_id: client.client_id, ...parameters }).toString();
      return url;
    },
  };

  async function pushed(parameters: Record<string, string>): Promise<string> {
    const answer = await oauth.pushedAuthorizationRequest(
      server,
      client,
      authentication,
      parameters,
      options,
    );
    return (await oauth.processPushedAuthorizationResponse(server, client, answer)).request_uri;
  }
}
