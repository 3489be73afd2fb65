import { hash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cores, onServerCore, residentMegabytesOf } from './cores.js';
import { type Answer, Connection, type Conversation, measureConversations } from './conversations.js';
import { type Plan, protocolClients, touchedOrganizations } from './plan.js';
import { type MeasuredServer, ownScript, startServer } from './processes.js';
import type { Samples } from './samples.js';
import type { World } from './world.js';

/*
 * The protocol: what applications ask of an issuer, beside the bare engine with its in-memory adapter, which stores
 * nothing, checks no session in a database and revokes nothing elsewhere.
 */

const redirectUri = 'https://app.example/callback';
export const protocolFigures = [
  'code flow',
  'refresh',
  'client credentials, JWT',
  'client credentials, opaque',
] as const;

/** Where an issuer has its endpoints, who asks, and the cookies of somebody who is signed in. */
interface Issuer {
  port: number;
  path: string;
  authorizePath: string;
  applications: { web: Secret; opaque: Secret; jwt: Secret };
  /** The in-memory adapter forgets all but the newest thousand entries, so each measurement signs in anew. */
  cookies: () => Promise<string>;
}

interface Secret {
  clientId: string;
  clientSecret: string;
}

export interface ProtocolServers {
  bare: MeasuredServer;
  issuers: { bare: Issuer; tenantry: Issuer };
}

export async function startProtocol(
  world: World,
  cores: Cores | null,
  tenantry: MeasuredServer,
): Promise<ProtocolServers> {
  const clientSecret = randomBytes(32).toString('base64url');
  const bare = await startServer({
    command: onServerCore(cores, ownScript('bare-provider.ts')),
    environment: { REDIRECT_URI: redirectUri, CLIENT_SECRET: clientSecret },
    healthPath: '/',
  });
  const secretOf = (clientId: string): Secret => ({ clientId, clientSecret });
  const bareIssuer: Issuer = {
    port: bare.port,
    path: '',
    authorizePath: '/auth',
    applications: { web: secretOf('web'), opaque: secretOf('opaque'), jwt: secretOf('jwt') },
    cookies: () => signInAtBare(bareIssuer),
  };
  return { bare, issuers: { bare: bareIssuer, tenantry: await issuerOf(world, tenantry) } };
}

export async function measureProtocol(
  { issuers }: ProtocolServers,
  plan: Plan,
  samples: Samples,
): Promise<void> {
  for (const [name, issuer] of Object.entries(issuers) as ['bare' | 'tenantry', Issuer][]) {
    const conversations = conversationsOf(issuer);
    for (const figure of protocolFigures) {
      const { perSecond, p99Milliseconds } = await measureConversations(
        conversations[figure](await issuer.cookies()),
        issuer.port,
        protocolClients,
        plan.warmUpMilliseconds,
        plan.milliseconds,
      );
      samples.addAll(`${name} ${figure}`, { rate: perSecond, p99: p99Milliseconds });
    }
  }
}

/** What the server holds once it has been the issuer of so many organizations. */
export async function measureOrganizations(
  world: World,
  server: MeasuredServer,
  samples: Samples,
): Promise<void> {
  const connection = new Connection(server.port);
  const before = residentMegabytesOf(server.pid);
  for (const slug of world.manyOrganizations.slice(0, touchedOrganizations)) {
    const authorize = `/o/${slug}/auth?client_id=00000000-0000-7000-8000-000000000000&response_type=code`;
    await connection.ask(get(authorize, ''));
    expectStatus(await connection.ask(get(`/o/${slug}/jwks`, '')), 200);
  }
  connection.close();
  await sleep(2_000);
  samples.add('memory before organizations', before);
  samples.add('memory after organizations', residentMegabytesOf(server.pid));
}

function conversationsOf(
  issuer: Issuer,
): Record<(typeof protocolFigures)[number], (cookies: string) => Conversation> {
  return {
    'code flow': (cookies) => codeFlow(issuer, cookies),
    refresh: (cookies) => refresh(issuer, cookies),
    'client credentials, JWT': () => clientCredentials(issuer, issuer.applications.jwt),
    'client credentials, opaque': () => clientCredentials(issuer, issuer.applications.opaque),
  };
}

function clientCredentials(issuer: Issuer, application: Secret): Conversation {
  const request = Buffer.from(token(issuer, application, { grant_type: 'client_credentials' }));
  return async (connection) => async () => {
    expectStatus(await connection.ask(request), 200);
  };
}

/** Of somebody who is signed in: from the application's request to its tokens. */
function codeFlow(issuer: Issuer, cookies: string): Conversation {
  return async (connection) => async () => void (await tokensByCode(issuer, cookies, connection));
}

function refresh(issuer: Issuer, cookies: string): Conversation {
  return async (connection) => {
    let refreshToken = (await tokensByCode(issuer, cookies, connection)).refresh_token;
    return async () => {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      refreshToken = tokensOf(
        await connection.ask(token(issuer, issuer.applications.web, form)),
      ).refresh_token;
    };
  };
}

async function tokensByCode(issuer: Issuer, cookies: string, connection: Connection): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const answer = await connection.ask(get(authorizeAddress(issuer, verifier), cookies));
  const code = codeOf(answer);
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  return tokensOf(await connection.ask(token(issuer, issuer.applications.web, form)));
}

function authorizeAddress(issuer: Issuer, verifier: string): string {
  const query = new URLSearchParams({
    client_id: issuer.applications.web.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    code_challenge: hash('sha256', verifier, 'base64url'),
    code_challenge_method: 'S256',
    state: verifier,
  });
  return `${issuer.authorizePath}?${query}`;
}

/** The bare engine signs anybody in; what it gives the browser is what a signed-in browser sends. */
async function signInAtBare(issuer: Issuer): Promise<string> {
  const cookies = new Map<string, string>();
  const origin = `http://127.0.0.1:${issuer.port}`;
  let address = `${origin}${authorizeAddress(issuer, randomBytes(32).toString('base64url'))}`;
  for (let hop = 0; hop < 5 && address.startsWith(origin); hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      cookies.set(name, value);
    }
    address = new URL(response.headers.get('location') ?? '', origin).toString();
  }
  if (!address.startsWith(redirectUri)) throw new Error(`the bare engine leads to ${address}`);
  return ['_session', '_session.sig'].map((name) => `${name}=${cookies.get(name)}`).join('; ');
}

/** Applications of `acme`, made as an administrator makes them, and one of its sessions as a browser holds it. */
async function issuerOf(world: World, { port }: MeasuredServer): Promise<Issuer> {
  const create = async (application: object): Promise<Secret> => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/organizations/acme/applications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.ownerToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(application),
    });
    if (response.status !== 201)
      throw new Error(`an application: ${response.status} ${await response.text()}`);
    return (await response.json()) as Secret;
  };
  const web = await create({ name: 'Web', type: 'web', redirectUris: [redirectUri], consent: 'none' });
  const opaque = await create({ name: 'Opaque', type: 'machine', accessTokenFormat: 'opaque' });
  const jwt = await create({ name: 'JWT', type: 'machine', accessTokenFormat: 'jwt' });
  return {
    port,
    path: '/o/acme',
    authorizePath: '/o/acme/auth',
    applications: { web, opaque, jwt },
    cookies: () => Promise.resolve(`tenantry-session-acme=${world.sessionTokens[0]}`),
  };
}

function get(path: string, cookies: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookies}\r\n\r\n`;
}

function token(issuer: Issuer, { clientId, clientSecret }: Secret, form: Record<string, string>): string {
  const body = new URLSearchParams(form).toString();
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return [
    `POST ${issuer.path}/token HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Basic ${basic}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

interface Tokens {
  access_token: string;
  refresh_token: string;
}

function tokensOf(answer: Answer): Tokens {
  expectStatus(answer, 200);
  const tokens = JSON.parse(answer.body) as Tokens;
  if (!tokens.refresh_token) throw new Error('no refresh token came');
  return tokens;
}

function codeOf(answer: Answer): string {
  expectStatus(answer, 303);
  const code = new URL(answer.header('location') ?? '', 'http://127.0.0.1').searchParams.get('code');
  if (code === null) throw new Error(`no code but ${answer.header('location')}`);
  return code;
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${answer.body.slice(0, 500)}`);
}
