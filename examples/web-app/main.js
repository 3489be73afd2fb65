import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

/*
 * A web application whose pages are made on a server: it signs people in at Tenantry, knows who they are, gets new tokens,
 * calls an API in their name, and signs them out.
 */

process.loadEnvFile(process.env.SETTINGS ?? new URL('../.env', import.meta.url));
const { ISSUER, WEB_APP_URL, WEB_APP_CLIENT_ID, WEB_APP_CLIENT_SECRET, ARTICLES_API, SERVICE_URL } =
  process.env;

const authentication = oidc.ClientSecretBasic(WEB_APP_CLIENT_SECRET);
// In production the address begins with https, and this goes.
const options = { execute: [oidc.allowInsecureRequests] };
const tenantry = await oidc.discovery(new URL(ISSUER), WEB_APP_CLIENT_ID, undefined, authentication, options);

/** By the value of the cookie. A real application keeps them in its database. */
const sessions = new Map();

const routes = {
  'GET /': ({ session }) => (session.person ? ownPage(session) : '<a href="/sign-in">Sign in</a>'),

  'GET /sign-in': async ({ renew }) => {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const checks = { pkceCodeVerifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
    renew({ checks });
    return oidc.buildAuthorizationUrl(tenantry, {
      redirect_uri: `${WEB_APP_URL}/callback`,
      scope: 'openid profile email articles:read',
      resource: ARTICLES_API,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
    });
  },

  'GET /callback': async ({ session, url, renew }) => {
    const tokens = await oidc.authorizationCodeGrant(tenantry, url, session.checks);
    const person = await oidc.fetchUserInfo(tenantry, tokens.access_token, tokens.claims().sub);
    renew({ person, refreshToken: tokens.refresh_token, idToken: tokens.id_token });
    return new URL(WEB_APP_URL);
  },

  'POST /articles': async ({ session }) => {
    const tokens = await oidc.refreshTokenGrant(tenantry, session.refreshToken, { resource: ARTICLES_API });
    // A refresh token works once, and the next one comes along.
    session.refreshToken = tokens.refresh_token;
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const calls = ['GET', 'POST'].map((method) => fetch(`${SERVICE_URL}/articles`, { method, headers }));
    const [read, published] = await Promise.all(calls);
    return `${ownPage(session)}<p>Reading: ${read.status}. Publishing: ${published.status}.</p>`;
  },

  'POST /sign-out': ({ session, renew }) => {
    renew({});
    const home = `${WEB_APP_URL}/`;
    return oidc.buildEndSessionUrl(tenantry, {
      id_token_hint: session.idToken,
      post_logout_redirect_uri: home,
    });
  },
};

const ownPage = ({ person }) => `<h1>Hello ${escaped(person.name)}</h1><p>${escaped(person.email)}</p>
  <form method="post" action="/articles"><button>Call the API</button></form>
  <form method="post" action="/sign-out"><button>Sign out</button></form>`;

const escaped = (text = '') => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const { port, hostname } = new URL(WEB_APP_URL);
createServer(answer).listen(port, hostname, () => console.log(`The web application is at ${WEB_APP_URL}`));

async function answer(request, response) {
  const url = new URL(request.url, WEB_APP_URL);
  const id = /(?:^|; )web-app=([\w-]+)/.exec(request.headers.cookie)?.[1];
  /** Under another cookie than before: whoever knew that one gets nothing. */
  const renew = (session) => {
    const next = randomBytes(32).toString('base64url');
    sessions.delete(id);
    sessions.set(next, session);
    // With https also: Secure, and a name that begins with __Host-
    response.setHeader('set-cookie', `web-app=${next}; Path=/; HttpOnly; SameSite=Lax`);
  };
  try {
    const route = routes[`${request.method} ${url.pathname}`] ?? (() => 'There is nothing here.');
    const result = await route({ session: sessions.get(id) ?? {}, url, renew });
    if (result instanceof URL) return response.writeHead(303, { location: result.href }).end();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Example: web application</title>${result}`);
  } catch (error) {
    console.error(error);
    response.writeHead(400, { 'content-type': 'text/plain' }).end('That did not work. Begin again at /');
  }
}
