import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import OidcProvider from 'oidc-provider';

export const clientId = 'tenantry-at-upstream';
export const clientSecret = 'a secret of 32 characters, or so!';

type Claims = Record<string, unknown>;

/** How an upstream deviates from what it should be. Left out, it is honest. */
export interface Mischief {
  /** Makes another ID token of what the right one says. */
  idToken?: (claims: JWTPayload, tools: SigningTools) => Promise<string | undefined> | string | undefined;
  /** Changes the address that people are sent back to. */
  callback?: (address: URL) => void;
  userInfo?: (claims: Claims) => Claims;
  /** Of the discovery document. */
  discovery?: (document: Claims) => Claims;
  /** In place of whatever answers at that path. */
  at?: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
}

export interface SigningTools {
  sign(claims: JWTPayload, alg?: string): Promise<string>;
  unsigned(claims: JWTPayload): string;
  /** Signed with the public key, as if it were a shared secret. */
  confused(claims: JWTPayload): Promise<string>;
  /** Signed with a key that nobody publishes, under the name of the right one. */
  forged(claims: JWTPayload): Promise<string>;
}

/** An OpenID Provider on loopback, which signs everybody in at once who comes. */
export class Upstream {
  readonly claims = new Map<string, Claims>();
  mischief: Mischief = {};
  /** Who signs in next. */
  person = 'max';
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  #server: Server | undefined;
  issuer = '';

  async start(callbackUrls: readonly string[]): Promise<this> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const other = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(privateKey)), kid: 'first', use: 'sig', alg: 'RS256' };
    const publicJwk = await exportJWK(publicKey);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tools: SigningTools = {
      sign: (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'first' }).sign(privateKey),
      unsigned: (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`,
      confused: (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .sign(Buffer.from(JSON.stringify(publicJwk))),
      forged: (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'first' }).sign(other.privateKey),
    };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new OidcProvider(this.issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [...callbackUrls],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
        },
      ],
      adapter: Memory,
      ttl: Object.fromEntries(lasting.map((name) => [name, 3_600])),
      jwks: { keys: [jwk] },
      cookies: { keys: ['upstream'] },
      claims: {
        openid: ['sub', 'amr', 'acr'],
        email: ['email', 'email_verified'],
        profile: ['name', 'given_name', 'family_name', 'preferred_username', 'groups'],
      },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_context: unknown, accountId: string) => ({
        accountId,
        claims: () => Promise.resolve({ sub: accountId, ...this.claims.get(accountId) }),
      }),
      loadExistingGrant: async (context: { oidc: { session: { accountId: string } } }) => {
        const { Grant } = provider as unknown as { Grant: new (of: object) => GrantLike };
        const grant = new Grant({ clientId, accountId: context.oidc.session.accountId });
        grant.addOIDCScope('openid email profile offline_access');
        await grant.save();
        return grant;
      },
    } as never);
    const koa = provider as unknown as KoaLike;
    koa.use(async (context, next) => {
      await next();
      await this.tamper(context, tools);
    });
    const answer = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = request.url!.split('?')[0]!;
      this.asked.push(path);
      const mischief = this.mischief.at?.[path];
      if (mischief !== undefined) return mischief(request, response);
      if (!path.startsWith('/interaction/')) return void answer(request, response);
      const finishing = provider as unknown as {
        interactionFinished(
          request: IncomingMessage,
          response: ServerResponse,
          result: object,
        ): Promise<void>;
      };
      void finishing.interactionFinished(request, response, { login: { accountId: this.person } });
    });
    return this;
  }

  stop(): Promise<void> {
    this.#server?.closeAllConnections();
    return new Promise((resolve) => this.#server?.close(() => resolve()) ?? resolve());
  }

  private async tamper(context: KoaContext, tools: SigningTools): Promise<void> {
    const { idToken, callback, userInfo, discovery } = this.mischief;
    const body = context.body as Claims;
    if (context.path === '/token' && idToken && typeof body?.['id_token'] === 'string') {
      const claims = JSON.parse(
        Buffer.from(body['id_token'].split('.')[1]!, 'base64url').toString(),
      ) as JWTPayload;
      const made = await idToken(claims, tools);
      const { id_token: _idToken, ...rest } = body;
      context.body = made === undefined ? rest : { ...rest, id_token: made };
    }
    if (context.path === '/me' && userInfo) context.body = userInfo(body);
    if (context.path === '/.well-known/openid-configuration' && discovery) context.body = discovery(body);
    const location = context.response.get('location');
    if (callback && location?.includes('/providers/')) {
      const url = new URL(location);
      callback(url);
      context.set('location', url.href);
    }
  }
}

const lasting = [
  'AccessToken',
  'AuthorizationCode',
  'Grant',
  'IdToken',
  'Interaction',
  'RefreshToken',
  'Session',
];

/** The engine's own one warns at length that it forgets. */
class Memory {
  readonly #kept = new Map<string, Record<string, unknown>>();

  async upsert(id: string, payload: Record<string, unknown>): Promise<void> {
    this.#kept.set(id, payload);
  }

  async find(id: string): Promise<Record<string, unknown> | undefined> {
    return this.#kept.get(id);
  }

  async findByUid(uid: string): Promise<Record<string, unknown> | undefined> {
    return [...this.#kept.values()].find((payload) => payload['uid'] === uid);
  }

  async consume(id: string): Promise<void> {
    this.#kept.get(id)!['consumed'] = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#kept.delete(id);
  }

  async revokeByGrantId(): Promise<void> {}
}

interface GrantLike {
  addOIDCScope(scope: string): void;
  save(): Promise<string>;
}

interface KoaContext {
  path: string;
  body: unknown;
  response: { get(name: string): string };
  set(name: string, value: string): void;
}

interface KoaLike {
  use(middleware: (context: KoaContext, next: () => Promise<void>) => Promise<void>): void;
}

/** What a browser does there: from the address that it was sent to, to the one that it is sent back to. */
export async function throughUpstream(address: string, home: string): Promise<string> {
  const cookies = new Map<string, string>();
  let here = address;
  for (let hops = 0; hops < 10; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(here, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      cookies.set(name!, value!);
    }
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`${here} leads nowhere: ${response.status} ${await response.text()}`);
    here = new URL(location, here).href;
    if (here.startsWith(home)) return here.slice(home.length);
  }
  throw new Error(`${address} leads round in circles`);
}
