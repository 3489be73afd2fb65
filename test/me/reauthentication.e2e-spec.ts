import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const path = '/v1/session/reauthentication';

function makeKey(as: { token: string }, { slug }: TestOrganization) {
  return app.api
    .as(as)
    .post(`/v1/organizations/${slug}/api-keys`, { name: 'robot', permissions: ['users:read'] });
}

describe('Proving anew who one is', () => {
  it('keeps the session, makes it recent and gives it another token', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.timePasses(organization, '20 minutes');
    const before = await app.api.as(owner).get('/v1/session');
    await app.given.forgetAudit(organization);

    const response = await app.api.as(owner).post(path, { password: testPassword });

    expect(response.status).toBe(200);
    const { token, session } = response.body as { token: string; session: { id: string } };
    expect(session).toMatchObject({
      id: (before.body['session'] as { id: string }).id,
      methods: ['pwd'],
      current: true,
    });
    expect(await app.api.as(owner).get('/v1/session')).toBeProblem('unauthenticated');
    const after = await app.api.as({ token }).get('/v1/session');
    const authenticatedAt = Date.parse(
      (after.body['session'] as { authenticatedAt: string }).authenticatedAt,
    );
    expect(Date.now() - authenticatedAt).toBeLessThan(60_000);
    expect(await app.given.auditOf(organization)).toEqual(['session.reauthenticated']);
  });

  it('changes the cookie of a browser, and shows no script what it holds', async () => {
    const { organization, owner } = await app.given.organization();
    const name = app.get(PublicAddresses).sessionCookie(organization.slug);

    const response = await app.exchange.send({
      method: 'POST',
      path,
      headers: {
        cookie: `${name}=${owner.token}`,
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
      },
      body: JSON.stringify({ password: testPassword }),
    });

    expect(response.status).toBe(200);
    expect(JSON.parse(response.text)).toEqual({ session: expect.any(Object) });
    const [cookie] = response.cookies;
    expect(cookie).toMatch(new RegExp(`^${name}=ten_ses_[^;]+;.*HttpOnly`));
    expect(cookie).not.toContain(owner.token);
  });

  it('takes the right password only, and waits after five wrong ones', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.timePasses(organization, '20 minutes');
    await app.given.forgetAudit(organization);

    for (let guess = 0; guess < 5; guess++) {
      const refused = await app.api.as(owner).post(path, { password: 'not the password of anybody' });
      expect(refused).toBeProblem('wrong_password');
      expect(refused.body['errors']).toMatchObject([{ pointer: '/password' }]);
    }
    const throttled = await app.api.as(owner).post(path, { password: testPassword });

    expect(throttled).toBeProblem('wrong_password');
    expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
    expect(await makeKey(owner, organization)).toBeProblem('reauthentication_required');
    expect(new Set(await app.given.auditOf(organization))).toEqual(
      new Set(['session.reauthenticated (refused)']),
    );
  });

  it('of a hundred at once gives one token', async () => {
    const { owner } = await app.given.organization();

    const responses = await Promise.all(
      Array.from({ length: 20 }, () => app.api.as(owner).post(path, { password: testPassword })),
    );

    const tokens = responses.flatMap(({ body }) =>
      typeof body['token'] === 'string' ? [body['token']] : [],
    );
    const living = await Promise.all(tokens.map((token) => app.api.as({ token }).get('/v1/session')));
    expect(living.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is not for keys', async () => {
    const { owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);

    expect(await app.api.as(key).post(path, { password: testPassword })).toBeProblem('permission_denied');
  });
});

describe('Making an API key', () => {
  it('with a session needs a recent proof, as long as the policy says', async () => {
    const { organization, owner } = await app.given.organization();
    expect((await makeKey(owner, organization)).status).toBe(201);
    await app.given.timePasses(organization, '11 minutes');
    await app.given.forgetAudit(organization);

    const refused = await makeKey(owner, organization);

    expect(refused).toBeProblem('reauthentication_required');
    expect(await app.given.auditOf(organization)).toEqual([]);
    const set = await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/policies/session`, { recentAuthenticationSeconds: 1_800 });
    expect(set.status).toBe(200);
    expect((await makeKey(owner, organization)).status).toBe(201);
    await app.given.timePasses(organization, '20 minutes');
    expect(await makeKey(owner, organization)).toBeProblem('reauthentication_required');
    const renewed = await app.api.as(owner).post(path, { password: testPassword });
    expect((await makeKey({ token: renewed.body['token'] as string }, organization)).status).toBe(201);
  });

  it('with a key needs nothing more', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);
    await app.given.timePasses(organization, '2 days');

    expect((await makeKey(key, organization)).status).toBe(201);
  });
});
