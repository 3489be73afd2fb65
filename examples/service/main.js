import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/*
 * A service that other programs call with a token of somebody. It shows both ways of checking one:
 * - Reading is for everybody with an access token for this API. That is seen from the token alone, with the public keys
 *   of the organization: nothing is asked, and whoever signs out can read on until the token ends, in minutes.
 * - Publishing takes a permission. Tenantry is asked, and knows of signing out and of roles taken away a moment ago; it
 *   takes session tokens too.
 */

process.loadEnvFile(process.env.SETTINGS ?? new URL('../.env', import.meta.url));
const { TENANTRY, ISSUER, ARTICLES_API, SERVICE_URL, SERVICE_KEY } = process.env;

const discovery = await fetch(`${ISSUER}/.well-known/openid-configuration`);
const keys = createRemoteJWKSet(new URL((await discovery.json()).jwks_uri));

const routes = {
  'GET /articles': async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: ARTICLES_API,
      typ: 'at+jwt',
    });
    const mayRead = payload.scope.split(' ').includes('articles:read');
    return mayRead ? [200, { articles: [], reader: payload.sub }] : [403, { error: 'insufficient_scope' }];
  },

  'POST /articles': async (token) => {
    const response = await fetch(`${TENANTRY}/v1/access/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SERVICE_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token, permission: 'articles:publish' }),
    });
    // Anything but 200 says nothing about the token: let nobody in, and let them try again.
    if (!response.ok) return [503, { error: 'try_again' }];
    const { allowed, because } = await response.json();
    return allowed ? [201, { published: true, because }] : [403, { error: 'not_allowed' }];
  },
};

const server = createServer(async (request, response) => {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization)?.[1];
  const route = routes[`${request.method} ${request.url}`];
  const [status, body] = await answerOf(route, token);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
const { port, hostname } = new URL(SERVICE_URL);
server.listen(port, hostname, () => console.log(`The service is at ${SERVICE_URL}`));

async function answerOf(route, token) {
  if (route === undefined) return [404, { error: 'not_found' }];
  if (token === undefined) return [401, { error: 'token_missing' }];
  try {
    return await route(token);
  } catch (error) {
    // Those of jose have a code: expired, of another issuer, for another audience, signed by nobody we know.
    if (error.code?.startsWith('ERR_J')) return [401, { error: 'invalid_token' }];
    console.error(error);
    return [503, { error: 'try_again' }];
  }
}
