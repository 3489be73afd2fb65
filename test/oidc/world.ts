import { request as httpRequest } from 'node:http';
import * as oidc from 'openid-client';
import {
  type InteractionKey,
  type InteractionSession,
  OidcInteractions,
} from '../../src/oidc/oidc-interactions.service.js';
import { hashToken, issueToken } from '../../src/platform/crypto/secret-token.js';
import { newId } from '../../src/platform/crypto/uuid.js';
import type { TestApp, TestOrganization, TestUser } from '../support/test-app.js';

export const redirectUri = 'http://127.0.0.1:9/callback';

export interface TestApplication {
  id: string;
  secret: string;
}

interface ApplicationOptions {
  type?: 'web' | 'spa' | 'native' | 'machine';
  consent?: 'required' | 'none';
  [column: string]: unknown;
}

/** An application of the organization's own, unless somebody says more. Written directly. */
export async function givenApplication(
  app: TestApp,
  organization: TestOrganization,
  { type = 'web', consent = 'none', ...columns }: ApplicationOptions = {},
): Promise<TestApplication> {
  const id = newId();
  const isPublic = type === 'spa' || type === 'native';
  const row: Record<string, unknown> = {
    org_id: organization.id,
    id,
    name: 'Wiki',
    type,
    consent,
    redirect_uris: type === 'machine' ? [] : [redirectUri],
    post_logout_redirect_uris: type === 'machine' ? [] : ['http://127.0.0.1:9/bye'],
    grant_types: type === 'machine' ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    ...columns,
  };
  const names = Object.keys(row);
  await app.sql(
    `insert into tenantry.applications (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
  const { token: secret, tokenHash } = issueToken('client-secret', organization.id);
  if (!isPublic)
    await app.sql(
      `insert into tenantry.application_secrets (org_id, application_id, place, secret_hash, hint) values ($1, $2, 1, $3, $4)`,
      [organization.id, id, tokenHash, secret.slice(-4)],
    );
  return { id, secret };
}

/** An API of the organization. Written directly. */
export async function givenResource(
  app: TestApp,
  organization: TestOrganization,
  identifier: string,
  format: 'jwt' | 'opaque',
  scopes: string[],
): Promise<void> {
  const id = newId();
  await app.sql(
    `insert into tenantry.api_resources (org_id, id, identifier, name, access_token_format) values ($1, $2, $3, 'Articles', $4)`,
    [organization.id, id, identifier, format],
  );
  await app.sql(
    `insert into tenantry.api_resource_scopes (org_id, resource_id, name, position)
     select $1, $2, name, ordinality from unnest($3::text[]) with ordinality as names (name, ordinality)`,
    [organization.id, id, scopes],
  );
}

export const issuerOf = (app: TestApp, organization: TestOrganization): string =>
  `${app.origin}/o/${organization.slug}`;

/** An unmodified client of that application. */
export function clientOf(
  app: TestApp,
  organization: TestOrganization,
  { id, secret }: TestApplication,
  authentication: oidc.ClientAuth = oidc.ClientSecretBasic(secret),
): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(issuerOf(app, organization)), id, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  });
}

/** A browser as far as the protocol sees one: it keeps cookies by path and follows redirects on this server. */
export class Browser {
  readonly #cookies = new Map<string, { name: string; value: string; path: string }>();

  constructor(private readonly origin: string) {}

  /** Signed in as that user. */
  as(organization: TestOrganization, user: TestUser | { token: string }): this {
    this.keep({ name: `tenantry-session-${organization.slug}`, value: user.token, path: '/' });
    return this;
  }

  cookie(name: string): string | undefined {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name)?.value;
  }

  async go(
    address: string | URL,
    options: { method?: string; form?: Record<string, string>; headers?: Record<string, string> } = {},
  ): Promise<{
    status: number;
    location: string | undefined;
    text: string;
    headers: Record<string, string>;
  }> {
    const url = new URL(address, this.origin);
    const body = options.form && new URLSearchParams(options.form).toString();
    const headers: Record<string, string> = {
      accept: 'text/html',
      cookie: this.cookiesFor(url.pathname),
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...options.headers,
    };
    const response = await new Promise<Awaited<ReturnType<Browser['go']>>>((resolve, reject) => {
      const request = httpRequest(
        url,
        { method: options.method ?? (body ? 'POST' : 'GET'), headers },
        (answer) => {
          const chunks: Buffer[] = [];
          for (const text of answer.headers['set-cookie'] ?? []) this.receive(text);
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({
              status: answer.statusCode!,
              location: answer.headers.location,
              text: Buffer.concat(chunks).toString(),
              headers: answer.headers as Record<string, string>,
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
    return response;
  }

  /** Follows redirects as long as they stay on this server and below these paths. */
  async follow(address: string | URL, paths = /\/o\/[^/]+\/(auth|session)/): Promise<URL> {
    let next = new URL(address);
    for (let hop = 0; hop < 10; hop += 1) {
      const { location, status, text } = await this.go(next);
      if (location === undefined) throw new Error(`no way on from ${next.pathname}: ${status} ${text}`);
      next = new URL(location, next);
      if (next.origin !== this.origin || !paths.test(next.pathname)) return next;
    }
    throw new Error('too many redirects');
  }

  private keep(cookie: { name: string; value: string; path: string }): void {
    this.#cookies.set(`${cookie.name};${cookie.path}`, cookie);
  }

  private receive(text: string): void {
    const [pair, ...attributes] = text.split(/; */);
    const [name, value] = [pair!.slice(0, pair!.indexOf('=')), pair!.slice(pair!.indexOf('=') + 1)];
    const path = /^path=(.*)$/i.exec(attributes.find((one) => /^path=/i.test(one)) ?? '')?.[1] ?? '/';
    const expires = /^expires=(.*)$/i.exec(attributes.find((one) => /^expires=/i.test(one)) ?? '')?.[1];
    if (expires !== undefined && Date.parse(expires) <= Date.now()) this.#cookies.delete(`${name};${path}`);
    else this.keep({ name, value, path });
  }

  private cookiesFor(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

export interface CodeRequest {
  verifier: string;
  state: string;
  nonce: string;
  url: URL;
}

export async function codeRequest(
  client: oidc.Configuration,
  parameters: Record<string, string> = {},
): Promise<CodeRequest> {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  });
  return { verifier, state, nonce, url };
}

/** The whole code flow of somebody who is signed in, for an application that asks nobody. */
export async function signInTo(
  client: oidc.Configuration,
  browser: Browser,
  parameters: Record<string, string> = {},
): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> {
  const request = await codeRequest(client, parameters);
  const callback = await browser.follow(request.url);
  return oidc.authorizationCodeGrant(client, callback, {
    pkceCodeVerifier: request.verifier,
    expectedState: request.state,
    expectedNonce: request.nonce,
  });
}

/** What the pages would do: whoever is at the page of an interaction signs in. Gives the address to go on at. */
export async function signInAtPage(
  app: TestApp,
  organization: TestOrganization,
  browser: Browser,
  page: URL,
  user: TestUser,
): Promise<string | null> {
  const token = await app.given.session(user);
  browser.as(organization, { token });
  const session = await sessionOf(app, token);
  return app.get(OidcInteractions).finishSignIn(organization, interactionAt(browser, page), session);
}

/** And what they would do on the consent page. */
export async function decideAtPage(
  app: TestApp,
  organization: TestOrganization,
  browser: Browser,
  page: URL,
  decision: 'granted' | 'denied',
): Promise<string | null> {
  const session = await sessionOf(app, browser.cookie(`tenantry-session-${organization.slug}`)!);
  const origin = { requestId: 'test-request', ip: '127.0.0.1', userAgent: null, idempotency: null };
  return app
    .get(OidcInteractions)
    .finishConsent(organization, interactionAt(browser, page), session, decision, {
      kind: 'anonymous',
      origin,
    });
}

export const interactionAt = (browser: Browser, page: URL): InteractionKey => ({
  uid: page.searchParams.get('interaction')!,
  browser: browser.cookie('tenantry-browser') ?? null,
});

export async function sessionOf(app: TestApp, token: string): Promise<InteractionSession> {
  const [row] = await app.sql<{ id: string; user_id: string; auth_time: Date; amr: string[] }>(
    'select id, user_id, auth_time, amr from tenantry.sessions where token_hash = $1',
    [hashToken(token)],
  );
  return { id: row!.id, userId: row!.user_id, authTime: row!.auth_time, methods: row!.amr };
}
