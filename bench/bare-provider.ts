import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

/*
 * The floor of the protocol: `oidc-provider` as it comes, with its in-memory adapter, one client and one person who is
 * signed in without being asked anything. What it issues is lost with the process, and nobody can revoke it elsewhere.
 */

const port = Number(process.env['PORT']);
const redirectUri = process.env['REDIRECT_URI']!;
const secret = process.env['CLIENT_SECRET']!;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const client = (client_id: string, grant_types: string[]) => ({
  client_id,
  client_secret: secret,
  grant_types,
  redirect_uris: grant_types.includes('authorization_code') ? [redirectUri] : [],
  response_types: grant_types.includes('authorization_code') ? ['code'] : [],
  id_token_signed_response_alg: 'ES256',
});

const issuer = `http://127.0.0.1:${port}`;
const audience = 'urn:bench';
const provider = new Provider(issuer, {
  clients: [
    client('web', ['authorization_code', 'refresh_token']),
    client('opaque', ['client_credentials']),
    client('jwt', ['client_credentials']),
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  cookies: { keys: ['bench'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx: unknown, { clientId }: { clientId: string }) =>
        clientId === 'jwt' ? audience : undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: '',
        audience,
        accessTokenTTL: 300,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  scopes: ['openid', 'offline_access'],
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  findAccount: (_ctx: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
  loadExistingGrant: async (ctx: {
    oidc: {
      client: { clientId: string };
      session: { accountId: string; grantIdFor(clientId: string): string | undefined };
      provider: {
        Grant: {
          find(id: string): Promise<unknown>;
          new (of: object): { addOIDCScope(scope: string): void; save(): Promise<string> };
        };
      };
    };
  }) => {
    const { client: asking, session, provider: engine } = ctx.oidc;
    const known = session.grantIdFor(asking.clientId);
    if (known !== undefined) return engine.Grant.find(known);
    const grant = new engine.Grant({ clientId: asking.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid offline_access');
    await grant.save();
    return grant;
  },
} as never);

/** What the product does not use, and so is not among its types. */
interface Finishing {
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
}

const answer = provider.callback();
createServer((request, response) => {
  if (request.url === '/') response.end('ok');
  else if (request.url?.startsWith('/interaction/'))
    void (provider as never as Finishing).interactionFinished(request, response, {
      login: { accountId: 'somebody' },
    });
  else void answer(request, response);
}).listen(port, '127.0.0.1');
