import { afterEach, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
afterEach(() => app.stop());

const operatorsOf = ({ sql }: TestApp) =>
  sql<{ email: string }>(
    `select u.email from tenantry.users u join tenantry.organizations o on o.id = u.org_id where o.is_platform`,
  );

describe('the set-up link', () => {
  it('makes the first operator once, and there is no set-up for ever after', async () => {
    app = await startApp();
    const body = { token: app.setupToken, email: 'Ops@Example.com', password: testPassword };

    const response = await app.api.post('/v1/setup', body);

    expect(response.status).toBe(201);
    expect(await operatorsOf(app)).toEqual([{ email: 'ops@example.com' }]);
    expect(await app.given.auditOf(await app.given.platformOrganization())).toContain('user.created');
    const signIn = await app.api.post('/v1/organizations/platform/sign-in', {
      identifier: 'ops@example.com',
      password: testPassword,
    });
    expect((await app.api.as(signIn.body).get('/v1/organizations')).status).toBe(200);
    expect(await app.api.post('/v1/setup', body)).toBeProblem('not_found');
    expect((await app.exchange.send({ method: 'GET', path: '/setup' })).status).toBe(404);
    const restarted = await startApp({ beside: app });
    expect(restarted.setupToken).toBeNull();
    await restarted.stop();
  });

  it('makes one operator when fifty people use it in the same instant', async () => {
    app = await startApp();

    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        app.api.post('/v1/setup', {
          token: app.setupToken,
          email: `ops-${i}@example.com`,
          password: testPassword,
        }),
      ),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await operatorsOf(app)).toHaveLength(1);
  });

  it('refuses a wrong token and a weak password, and makes nobody', async () => {
    app = await startApp();
    const attempt = (token: string, password: string, email = 'ops@example.com') =>
      app.api.post('/v1/setup', { token, email, password });

    expect(await attempt('ten_ver_wrong', testPassword)).toBeProblem('invalid_token');
    expect(
      await attempt(
        `${app.setupToken!.slice(0, -1)}${app.setupToken!.endsWith('A') ? 'Q' : 'A'}`,
        testPassword,
      ),
    ).toBeProblem('invalid_token');
    expect(await attempt(app.setupToken!, 'short')).toBeProblem('weak_password');
    expect(await attempt(app.setupToken!, testPassword, 'no-address')).toBeProblem('invalid_request');

    expect(await operatorsOf(app)).toEqual([]);
    expect((await attempt(app.setupToken!, testPassword)).status).toBe(201);
  });

  it('leads to a page whose form works without JavaScript and keeps what was typed', async () => {
    app = await startApp();
    const send = (fields: Record<string, string>) =>
      app.exchange.send({
        method: 'POST',
        path: '/setup',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    const form = await app.exchange.send({ method: 'GET', path: `/setup?token=${app.setupToken}` });

    expect(form.status).toBe(200);
    expect(form.text).toContain(`value="${app.setupToken}"`);
    expect(form.headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(form.headers['referrer-policy']).toBe('no-referrer');

    const token = app.setupToken!;
    const weak = await send({ token, email: '"><script>alert(1)</script>@example.com', password: 'short' });
    expect(weak.status).toBe(422);
    expect(weak.text).not.toContain('<script>alert');
    expect(weak.text).toContain('aria-invalid="true"');

    const done = await send({ token, email: 'ops@example.com', password: testPassword });
    expect(done.status).toBe(201);
    expect(await operatorsOf(app)).toHaveLength(1);
  });
});

describe('ADMIN_EMAIL and ADMIN_PASSWORD', () => {
  const env = { ADMIN_EMAIL: 'root@example.com', ADMIN_PASSWORD: testPassword };

  it('make the first operator on the first start, also when two servers start at once', async () => {
    app = await startApp({ env });
    const others = await Promise.all([startApp({ env, beside: app }), startApp({ env, beside: app })]);

    expect(app.setupToken).toBeNull();
    expect(await operatorsOf(app)).toEqual([{ email: 'root@example.com' }]);
    await Promise.all(others.map((other) => other.stop()));
  });

  it('stop the start when the password is weak', async () => {
    app = await startApp();

    await expect(startApp({ beside: app, env: { ...env, ADMIN_PASSWORD: 'short' } })).rejects.toThrow(
      /ADMIN_PASSWORD/,
    );
    expect(await operatorsOf(app)).toEqual([]);
  });
});
