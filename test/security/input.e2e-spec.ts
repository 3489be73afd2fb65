import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
beforeAll(async () => {
  app = await startApp({ env: { TRUSTED_PROXIES: '127.0.0.1' } });
  ({ organization, owner } = await app.given.organization());
});
afterAll(() => app.stop());

describe('A text', () => {
  /** The letter and its variation selector are one on the screen, and two in the database. */
  const letters = (count: number) => 'a\ufe0f'.repeat(count);

  it.each([
    ['the name of a team', 'POST', '/teams', { name: letters(100) }],
    ['what a role is for', 'POST', '/roles', { name: 'r', permissions: [], description: letters(500) }],
    ['the name of a key', 'POST', '/api-keys', { name: letters(100), permissions: ['users:read'] }],
    ['the name of the organization', 'PATCH', '', { name: letters(200) }],
  ])('is as long as the database counts it: %s', async (_, method, path, body) => {
    const url = `/v1/organizations/${organization.slug}${path}`;

    expect(await app.api.as(owner).send(method, url, body)).toBeProblem('invalid_request');
  });

  it('may have as many characters as promised, of any plane', async () => {
    const path = `/v1/organizations/${organization.slug}/teams`;

    expect((await app.api.as(owner).post(path, { name: '🦔'.repeat(100) })).status).toBe(201);
    expect(await app.api.as(owner).post(path, { name: '🦔'.repeat(101) })).toBeProblem('invalid_request');
  });
});

describe('An address that a proxy forwards', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', '127.0.0.1'],
    ['198.51.100.7:5678', '127.0.0.1'],
    ["1'; drop table users", '127.0.0.1'],
  ])('%s is recorded as %s', async (forwarded, recorded) => {
    const response = await app.api.post(
      `/v1/organizations/${organization.slug}/sign-in`,
      { identifier: owner.email, password: owner.password },
      { headers: { 'x-forwarded-for': forwarded } },
    );

    expect(response.status).toBe(200);
    expect(response.body.session.ip).toBe(recorded);
  });
});

describe('A server behind TLS', () => {
  it('is reached by nothing else once a browser was there', async () => {
    const secure = await startApp({ env: { PUBLIC_URL: 'https://login.example.com' }, beside: app });
    const header = 'strict-transport-security';

    expect((await secure.api.get('/healthz')).headers[header]).toBe('max-age=31536000');
    expect((await app.api.get('/healthz')).headers[header]).toBeUndefined();
    await secure.stop();
  });
});

describe('A slug', () => {
  it('is not another organization’s id', async () => {
    const operator = await app.given.operator();
    const response = await app.api
      .as(operator)
      .post('/v1/organizations', { name: 'Shadow', slug: organization.id });

    expect(response).toBeProblem('invalid_request');
  });
});
