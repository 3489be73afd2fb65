import { writeFileSync } from 'node:fs';

/*
 * Prepares a running Tenantry for the examples, as an operator: an organization with two people, an API, an application
 * for each example, a key for the service. It says what it does, and writes the file of settings that the examples read.
 * Running it again makes the applications and the key anew.
 */

const { env } = process;
const tenantry = env.TENANTRY ?? 'http://127.0.0.1:3000';
const organization = env.ORGANIZATION ?? 'acme';
const [webApp, page, service] = [env.WEB_APP_URL, env.PAGE_URL, env.SERVICE_URL].map(
  (url, index) => url ?? `http://localhost:${4001 + index}`,
);
const owner = { email: `olga@${organization}.example`, password: 'amber tractor under paper moons' };
const member = { email: `max@${organization}.example`, password: 'left boot right glove umbrella' };
const api = `https://api.${organization}.example/articles`;
const home = `/v1/organizations/${organization}`;

if (env.ADMIN_EMAIL === undefined || env.ADMIN_PASSWORD === undefined)
  throw new Error('Set ADMIN_EMAIL and ADMIN_PASSWORD to those of an operator of the server.');

const operator = await signIn('platform', { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD });
await make(`organization ${organization} with its owner`, operator, '/v1/organizations', {
  name: organization.replace(/^./, (letter) => letter.toUpperCase()),
  slug: organization,
  owner: { ...owner, fullName: 'Olga Orlova' },
});
const olga = await signIn(organization, owner);
await call('PUT', `${home}/policies/registration`, olga, { mode: 'open' });
await call('POST', `${home}/sign-up`, null, { ...member, fullName: 'Max Meier' });
console.log(`signed up ${member.email}`);
await make(`API ${api}`, olga, `${home}/api-resources`, {
  identifier: api,
  name: 'Articles',
  scopes: [{ name: 'articles:read', description: 'Read articles' }],
});

const web = await makeAnew('applications', {
  name: 'Example: web application',
  type: 'web',
  redirectUris: [`${webApp}/callback`],
  postLogoutRedirectUris: [`${webApp}/`],
});
const spa = await makeAnew('applications', {
  name: 'Example: page in a browser',
  type: 'spa',
  redirectUris: [`${page}/`],
  postLogoutRedirectUris: [`${page}/`],
  // Its timer and a click may renew at once: both get the same new token.
  refreshGraceSeconds: 10,
});
const key = await makeAnew('api-keys', { name: 'Example: service', permissions: ['access:check'] });

const file = env.SETTINGS ?? new URL('.env', import.meta.url);
const settings = {
  TENANTRY: tenantry,
  ISSUER: `${tenantry}/o/${organization}`,
  ARTICLES_API: api,
  WEB_APP_URL: webApp,
  WEB_APP_CLIENT_ID: web.clientId,
  WEB_APP_CLIENT_SECRET: web.clientSecret,
  PAGE_URL: page,
  PAGE_CLIENT_ID: spa.clientId,
  SERVICE_URL: service,
  SERVICE_KEY: key.key,
};
const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
writeFileSync(file, lines.join(''), { mode: 0o600 });
console.log(`wrote     ${file}`);
for (const { email, password } of [owner, member]) console.log(`sign in as ${email} with "${password}"`);

async function signIn(slug, { email, password }) {
  const body = { identifier: email, password };
  return (await call('POST', `/v1/organizations/${slug}/sign-in`, null, body)).token;
}

/** Leaves what is there already as it is. */
async function make(what, token, path, body) {
  const isNew = (await call('POST', path, token, body)) !== null;
  console.log(`${isNew ? 'made     ' : 'is there '} ${what}`);
}

/** A secret is shown once, so what was made before goes. */
async function makeAnew(kind, body) {
  const { items } = await call('GET', `${home}/${kind}?limit=200`, olga);
  for (const { id } of items.filter(({ name }) => name === body.name))
    await call('DELETE', `${home}/${kind}/${id}`, olga);
  console.log(`made      ${kind}: ${body.name}`);
  return call('POST', `${home}/${kind}`, olga, body);
}

async function call(method, path, token, body) {
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const response = await fetch(tenantry + path, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status === 409) return null;
  if (!response.ok)
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
