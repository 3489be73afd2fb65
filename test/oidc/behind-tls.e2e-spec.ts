import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';
import { givenApplication, redirectUri } from './world.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ env: { PUBLIC_URL: 'https://id.example' } });
});
afterAll(() => app.stop());

it('is where PUBLIC_URL says, with cookies that go by TLS only', async () => {
  const { organization } = await app.given.organization();
  const { id } = await givenApplication(app, organization);
  const query = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const get = (path: string) => app.exchange.send({ method: 'GET', path });

  const discovery = await get('/o/acme/.well-known/openid-configuration');
  const begun = await get(`/o/acme/auth?${query}`);
  const out = await get('/o/acme/session/end');

  expect(JSON.parse(discovery.text)).toMatchObject({
    issuer: 'https://id.example/o/acme',
    token_endpoint: 'https://id.example/o/acme/token',
    registration_endpoint: 'https://id.example/o/acme/reg',
  });
  expect(begun.headers['location']).toMatch(/^https:\/\/id\.example\/o\/acme\/sign-in\?interaction=/);
  expect(begun.cookies.map((cookie) => cookie.split('=')[0])).toContain('__Host-tenantry-browser');
  expect(out.cookies.map((cookie) => cookie.split('=')[0])).toContain('__Host-tenantry-oidc-acme');
  for (const cookie of [...begun.cookies, ...out.cookies]) {
    expect(cookie.toLowerCase()).toContain('secure');
    expect(cookie.toLowerCase()).toContain('httponly');
    expect(cookie.toLowerCase()).toContain('samesite=lax');
  }
  expect(begun.headers['strict-transport-security']).toBeDefined();
});

it('tells nothing of what goes wrong inside, and goes on afterwards', async () => {
  const { organization } = await app.given.organization({ slug: 'globex' });
  const { id, secret } = await givenApplication(app, organization, { type: 'machine' });
  const ask = () =>
    app.exchange.send({
      method: 'POST',
      path: '/o/globex/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    });
  expect((await ask()).status).toBe(200);
  await app.sql(`alter table tenantry.applications rename to applications_away`);
  await app.sql(`create view tenantry.applications as select 1 / 0 as id`);

  const failed = await ask();

  await app.sql('drop view tenantry.applications');
  await app.sql('alter table tenantry.applications_away rename to applications');
  expect([failed.status, JSON.parse(failed.text).error]).toEqual([500, 'server_error']);
  expect(failed.text).not.toContain('applications');
  expect((await ask()).status).toBe(200);
});
