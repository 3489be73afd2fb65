import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from './test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('The world of the tests', () => {
  it('has organizations with a signed-in owner', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).get('/v1/session');

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      user: { id: owner.id },
      organization: { id: organization.id, slug: organization.slug },
      roles: ['owner'],
      permissions: ['*'],
    });
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('has users with roles and permissions', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, {
      roles: ['member'],
      permissions: ['articles:publish'],
      fullName: 'Max Member',
    });

    const response = await app.api.as(max).get('/v1/session');

    expect(response.body).toMatchObject({
      user: { id: max.id, fullName: 'Max Member' },
      permissions: ['articles:publish'],
    });
  });

  it('lets time pass', async () => {
    const { organization, owner } = await app.given.organization();

    await app.given.timePasses(organization, '8 days');

    expect(await app.api.as(owner).get('/v1/session')).toBeProblem('unauthenticated');
  });

  it('notices whatever is written, and not that a session was used', async () => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    await app.api.as(owner).get('/v1/session');
    await app.given.timePasses(organization, '0 seconds');
    const untouched = await app.given.snapshot(organization);
    await app.given.role(organization, 'editor');

    expect(untouched).toEqual(before);
    expect(await app.given.snapshot(organization)).not.toEqual(before);
  });

  it('refuses an exchange that the OpenAPI document does not describe', async () => {
    const { owner } = await app.given.organization();
    const received = {
      status: 200,
      headers: { 'x-request-id': 'x', 'content-type': 'application/json' },
      cookies: [],
    };
    const sent = { method: 'GET', path: '/v1/session' };
    const answer = (await app.api.as(owner).get('/v1/session')).body as Record<string, unknown>;

    const check = (body: unknown, more = {}) =>
      app.contract.check(sent, { ...received, text: JSON.stringify(body), ...more });

    expect(() => check(answer)).not.toThrow();
    expect(() => check({ ...answer, secret: 1 })).toThrow(/must NOT have additional properties/);
    expect(() => check({ ...answer, active: 'yes' })).toThrow(/must be boolean/);
    expect(() => check(answer, { status: 202 })).toThrow(/status 202 is not documented/);
    expect(() =>
      app.contract.check({ method: 'GET', path: '/v1/secrets' }, { ...received, text: '' }),
    ).toThrow(/does not know the route/);
  });
});
