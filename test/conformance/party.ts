import { createRemoteJWKSet, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import * as oauth from 'oauth4webapi';
import { issuerOf } from '../oidc/world.js';
import type { TestApp, TestOrganization, TestUser } from '../support/test-app.js';
import type { Callback } from './person.js';

export const callbackUri = 'https://party.example/callback';
export const afterSignOutUri = 'https://party.example/signed-out';

const insecure = { [oauth.allowInsecureRequests]: true };

export interface CodeRequest {
  readonly url: URL;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
}

export interface VerifiedTokens {
  readonly response: oauth.TokenEndpointResponse;
  readonly headers: Headers;
  readonly idToken: JWTPayload;
  readonly idTokenHeader: ProtectedHeaderParameters;
}

/** The relying party of the plans: registered over the API, speaking through an unmodified client, without PKCE. */
export class Party {
  private constructor(
    private readonly keys: ReturnType<typeof createRemoteJWKSet>,
    readonly server: oauth.AuthorizationServer,
    readonly client: oauth.Client,
    readonly authentication: oauth.ClientAuth,
    private readonly mode: 'query' | 'form_post',
  ) {}

  static async register(
    app: TestApp,
    organization: TestOrganization,
    owner: TestUser,
    { mode = 'query', ...settings }: { mode?: 'query' | 'form_post'; [setting: string]: unknown } = {},
  ): Promise<Party> {
    const made = await app.api.as(owner).post(`/v1/organizations/${organization.slug}/applications`, {
      name: 'Conformance',
      type: 'web',
      redirectUris: [callbackUri],
      postLogoutRedirectUris: [afterSignOutUri],
      requirePkce: false,
      ...settings,
    });
    if (made.status !== 201) throw new Error(`no application could be made: ${made.text}`);
    const { clientId, clientSecret } = made.body as { clientId: string; clientSecret: string };
    const issuer = new URL(issuerOf(app, organization));
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    );
    const posts = settings['tokenEndpointAuthMethod'] === 'client_secret_post';
    return new Party(
      createRemoteJWKSet(new URL(server.jwks_uri!)),
      server,
      { client_id: clientId },
      posts ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret),
      mode,
    );
  }

  /** @param parameters undefined leaves one out */
  request(parameters: Record<string, string | undefined> = {}): CodeRequest {
    const all: Record<string, string | undefined> = {
      client_id: this.client.client_id,
      redirect_uri: callbackUri,
      response_type: 'code',
      scope: 'openid',
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      ...(this.mode === 'form_post' && { response_mode: 'form_post' }),
      ...parameters,
    };
    const url = new URL(this.server.authorization_endpoint!);
    for (const [name, value] of Object.entries(all))
      if (value !== undefined) url.searchParams.set(name, value);
    return { url, state: all['state'], nonce: all['nonce'] };
  }

  /** Redeems what came back, after all checks of `state`, `iss`, `nonce`, and of the signature. */
  async redeem(request: CodeRequest, callback: Callback, verifier?: string): Promise<VerifiedTokens> {
    const response = await this.redeemOnly(request, callback, verifier);
    const { headers } = response;
    const tokens = await oauth.processAuthorizationCodeResponse(this.server, this.client, response, {
      expectedNonce: request.nonce ?? oauth.expectNoNonce,
      requireIdToken: true,
    });
    return { response: tokens, headers, ...(await this.verify(tokens)) };
  }

  redeemOnly(request: CodeRequest, callback: Callback, verifier?: string): Promise<Response> {
    const parameters = oauth.validateAuthResponse(
      this.server,
      this.client,
      callback.parameters,
      request.state ?? oauth.expectNoState,
    );
    return oauth.authorizationCodeGrantRequest(
      this.server,
      this.client,
      this.authentication,
      parameters,
      callbackUri,
      verifier ?? oauth.nopkce,
      insecure,
    );
  }

  refreshOnly(refreshToken: string): Promise<Response> {
    return oauth.refreshTokenGrantRequest(
      this.server,
      this.client,
      this.authentication,
      refreshToken,
      insecure,
    );
  }

  async refresh(refreshToken: string): Promise<VerifiedTokens> {
    const response = await this.refreshOnly(refreshToken);
    const tokens = await oauth.processRefreshTokenResponse(this.server, this.client, response);
    return { response: tokens, headers: response.headers, ...(await this.verify(tokens)) };
  }

  async userinfo(tokens: VerifiedTokens): Promise<oauth.UserInfoResponse> {
    const response = await oauth.userInfoRequest(
      this.server,
      this.client,
      tokens.response.access_token,
      insecure,
    );
    return oauth.processUserInfoResponse(this.server, this.client, tokens.idToken.sub!, response);
  }

  /** With the keys that the issuer has published, and nothing else. */
  private async verify({ id_token: idToken }: oauth.TokenEndpointResponse) {
    const { payload, protectedHeader } = await jwtVerify(idToken!, this.keys, {
      issuer: this.server.issuer,
      audience: this.client.client_id,
    });
    return { idToken: payload, idTokenHeader: protectedHeader };
  }
}

/** What a callback says of a failure. */
export const failureOf = ({ parameters }: Callback): Record<string, string | null> =>
  Object.fromEntries(['error', 'state', 'code', 'iss'].map((name) => [name, parameters.get(name)]));
