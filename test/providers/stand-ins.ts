import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

type Handler = (request: Asked, response: ServerResponse) => Promise<void> | void;

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** A server on loopback that speaks as a provider's documentation says. */
export class StandIn {
  readonly asked: Asked[] = [];
  readonly handlers: Record<string, Handler> = {};
  #server: Server | undefined;
  origin = '';
  #sign!: (claims: JWTPayload) => Promise<string>;
  jwk!: JWK;

  async start(): Promise<this> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    this.jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' };
    this.#sign = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
    this.#server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    this.#server?.closeAllConnections();
    return new Promise((resolve) => this.#server?.close(() => resolve()) ?? resolve());
  }

  sign(claims: JWTPayload): Promise<string> {
    return this.#sign(claims);
  }

  lastAsked(path: string): Asked {
    return this.asked.findLast((asked) => asked.path === path)!;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.origin);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const asked = {
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(body),
      headers: request.headers,
    };
    this.asked.push(asked);
    const handler = this.handlers[url.pathname];
    if (handler === undefined) return void response.writeHead(404).end('{}');
    await handler(asked, response);
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

/** Sends the browser back with a code, as if somebody had signed in. */
const backWith =
  (code: string, more: Record<string, string> = {}): Handler =>
  ({ query }, response) => {
    const url = new URL(query.get('redirect_uri')!);
    const parameters = { code, state: query.get('state')!, ...more };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    response.writeHead(302, { location: url.href }).end();
  };

const now = () => Math.floor(Date.now() / 1000);

/** https://developers.google.com/identity/openid-connect/openid-connect */
export class GoogleStandIn extends StandIn {
  claims: Record<string, unknown> = {};
  idToken: (claims: JWTPayload) => Promise<string> = (claims) => this.sign(claims);
  #nonce = '';

  override async start(): Promise<this> {
    await super.start();
    this.handlers['/o/oauth2/v2/auth'] = (asked, response) => {
      this.#nonce = asked.query.get('nonce') ?? '';
      return backWith('4/google', { scope: 'openid email profile', authuser: '0', prompt: 'none' })(
        asked,
        response,
      );
    };
    this.handlers['/token'] = async ({ form }, response) => {
      if (form.get('client_secret') !== 'google secret')
        return json(response, { error: 'invalid_client', error_description: 'Unauthorized' }, 401);
      const claims = {
        iss: this.origin,
        azp: form.get('client_id')!,
        aud: form.get('client_id')!,
        at_hash: 'x',
        nonce: this.#nonce,
        iat: now(),
        exp: now() + 3600,
        ...this.claims,
      };
      json(response, {
        access_token: 'ya29.google',
        expires_in: 3599,
        scope: 'openid email profile',
        token_type: 'Bearer',
        id_token: await this.idToken(claims as JWTPayload),
      });
    };
    this.handlers['/oauth2/v3/userinfo'] = ({ headers }, response) =>
      headers.authorization === 'Bearer ya29.google'
        ? json(response, this.claims)
        : json(response, { error: 'invalid_request', error_description: 'Invalid Credentials' }, 401);
    this.handlers['/oauth2/v3/certs'] = (_asked, response) => json(response, { keys: [this.jwk] });
    return this;
  }

  get settings() {
    return {
      authorizationUrl: `${this.origin}/o/oauth2/v2/auth`,
      tokenUrl: `${this.origin}/token`,
      userProfileUrl: `${this.origin}/oauth2/v3/userinfo`,
      jwksUrl: `${this.origin}/oauth2/v3/certs`,
    };
  }
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export class GithubStandIn extends StandIn {
  user: Record<string, unknown> = {};
  emails: unknown = [];

  override async start(): Promise<this> {
    await super.start();
    this.handlers['/login/oauth/authorize'] = backWith('github-code');
    this.handlers['/login/oauth/access_token'] = ({ form, headers }, response) => {
      // Errors come with 200, and a form unless JSON is asked for.
      if (form.get('client_secret') !== 'github secret')
        return json(response, {
          error: 'incorrect_client_credentials',
          error_description: 'The client_id and/or client_secret passed are incorrect.',
        });
      if (headers.accept !== 'application/json')
        return void response.end('access_token=gho_x&token_type=bearer');
      json(response, { access_token: 'gho_x', scope: 'read:user,user:email', token_type: 'bearer' });
    };
    const withToken =
      (body: () => unknown): Handler =>
      ({ headers }, response) =>
        headers.authorization === 'Bearer gho_x' && headers['user-agent']
          ? json(response, body())
          : json(response, { message: 'Bad credentials' }, 401);
    this.handlers['/api/v3/user'] = withToken(() => this.user);
    this.handlers['/api/v3/user/emails'] = withToken(() => this.emails);
    return this;
  }

  get settings() {
    return { baseUrl: this.origin, apiUrl: `${this.origin}/api/v3` };
  }
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc */
export class MicrosoftStandIn extends StandIn {
  claims: Record<string, unknown> = {};
  tenant = '';
  #nonce = '';

  override async start(): Promise<this> {
    await super.start();
    this.handlers['/login'] = (asked, response) => {
      this.#nonce = asked.query.get('nonce') ?? '';
      return backWith('0.AAA', { session_state: 'x' })(asked, response);
    };
    this.handlers['/token'] = async ({ form }, response) => {
      if (form.get('client_secret') !== 'microsoft secret')
        return json(
          response,
          {
            error: 'invalid_client',
            error_description: 'AADSTS7000215: Invalid client secret provided.',
            error_codes: [7000215],
          },
          401,
        );
      const claims = {
        aud: form.get('client_id')!,
        iss: `${this.origin}/${this.tenant}/v2.0`,
        iat: now(),
        nbf: now(),
        exp: now() + 3600,
        nonce: this.#nonce,
        tid: this.tenant,
        ver: '2.0',
        ...this.claims,
      };
      json(response, {
        token_type: 'Bearer',
        scope: 'email openid profile',
        expires_in: 4_000,
        access_token: 'eyJ.microsoft',
        id_token: await this.sign(claims as JWTPayload),
      });
    };
    this.handlers['/keys'] = (_asked, response) => json(response, { keys: [this.jwk] });
    return this;
  }

  /** Each tenant has a document of its own; the one for all has a template in the place of the issuer. */
  serve(place: string): this {
    this.handlers[`/${place}/v2.0/.well-known/openid-configuration`] = (_asked, response) =>
      json(response, {
        issuer: `${this.origin}/${place === 'organizations' ? '{tenantid}' : place}/v2.0`,
        authorization_endpoint: `${this.origin}/login`,
        token_endpoint: `${this.origin}/token`,
        jwks_uri: `${this.origin}/keys`,
        response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
        id_token_signing_alg_values_supported: ['RS256'],
        token_endpoint_auth_methods_supported: [
          'client_secret_post',
          'private_key_jwt',
          'client_secret_basic',
        ],
      });
    return this;
  }
}
