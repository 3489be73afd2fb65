import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';

/** What has to stay secret, by what it is. */
const secrets = new Map<string, string>();
const password = 'Seven grey Herons circle 19 Mills';
const newPassword = 'Nine red Otters sleep under 23 Bridges';

let app: TestApp;
let slug: string;
beforeAll(async () => {
  app = await startApp();
  await walkThrough();
}, 60_000);
afterAll(() => app.stop());

describe('The log', () => {
  it('tells what happened', () => {
    const routes = app.logs
      .map((line) => (JSON.parse(line) as { route?: string }).route)
      .filter((route) => route !== undefined);

    expect(new Set(routes).size).toBeGreaterThan(8);
    expect(app.logs.join('')).toContain('"status":500');
  });

  it('holds no password, token, key, digest or address with a password in it', () => {
    const text = app.logs.join('');
    const leaked = [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);

    expect(leaked).toEqual([]);
    expect(text).not.toMatch(/ten_(ses|key|ver|dev)_/);
    expect(text).not.toContain('$argon2');
    expect(text).not.toContain('"type":"Buffer"');
  });

  it('holds no query, where links carry their tokens', () => {
    expect(app.logs.join('')).not.toContain('token=');
  });
});

async function walkThrough(): Promise<void> {
  const { organization, owner } = await app.given.organization({ registration: { mode: 'open' } });
  slug = organization.slug;
  secret('setup token', app.setupToken!);
  secret('session of the owner', owner.token);
  secret('password of the owner', owner.password);
  secret('password at sign-up', password);
  secret('password after the change', newPassword);
  secret('encryption key', Buffer.alloc(32, 'encryption').toString('base64'));
  secret('pepper', Buffer.alloc(32, 'pepper').toString('base64'));
  secret('password of the database', new URL(app.ownerUrl).password || 'the owner has no password');
  secret(
    'password of the server in the database',
    new URL(app.serverUrl).password || 'the server has no password',
  );

  const base = `/v1/organizations/${slug}`;
  await app.api.post(`${base}/sign-up`, { email: 'nora@acme.example', password, fullName: 'Nora' });
  const signedIn = await app.api.post(`${base}/sign-in`, { identifier: 'nora@acme.example', password });
  expect(signedIn.status).toBe(200);
  const token = secret('session', signedIn.body.token as string);
  await app.api.post(`${base}/sign-in`, {
    identifier: 'nora@acme.example',
    password: secret('wrong password', 'Not the one 42 of Nora at all'),
  });
  await app.api.as(token).put('/v1/me/password', { currentPassword: password, password: newPassword });
  const made = await app.api
    .as(owner)
    .post(`${base}/api-keys`, { name: 'service', permissions: ['sessions:validate'] });
  expect(made.status).toBe(201);
  const key = secret('API key', made.body.key as string);
  await app.api.as(key).post('/v1/sessions/validate', { token });
  await app.api
    .as(key)
    .post('/v1/sessions/validate', { token: secret('token that is none', 'garbage-token-0815') });
  await app.exchange.send({ method: 'GET', path: `/v1/session?token=${token}` });
  await app.exchange.send({
    method: 'GET',
    path: '/v1/session',
    headers: { cookie: `tenantry-session-${slug}=${token}` },
  });
  await app.exchange.send({ method: 'GET', path: `/setup?token=${app.setupToken}` });
  await app.exchange.send({
    method: 'POST',
    path: `${base}/sign-in`,
    headers: { 'content-type': 'application/json' },
    body: `{"password":"${password}"`,
  });
  await failInTheDatabase(owner.token);
  await app.api.as(token).delete('/v1/session');
  for (const { token_hash } of await app.sql(`select encode(token_hash, 'hex') as token_hash from sessions`))
    secret(`digest ${token_hash}`, token_hash as string);
}

/** A failed statement is logged whole, and its values are passwords and tokens. */
async function failInTheDatabase(ownerToken: string): Promise<void> {
  await app.sql(`alter table users add constraint planted check (full_name <> 'Planted')`);
  await app.sql(`alter table sessions add constraint planted check (user_agent <> 'Planted')`);
  const base = `/v1/organizations/${slug}`;
  const json = { 'content-type': 'application/json', 'user-agent': 'Planted' };
  const send = (method: string, path: string, body: unknown) =>
    app.exchange.send({
      method,
      path,
      headers: { ...json, authorization: `Bearer ${ownerToken}` },
      body: JSON.stringify(body),
    });
  const answers = [
    await send('POST', `${base}/sign-up`, { email: 'paul@acme.example', password, fullName: 'Planted' }),
    await send('POST', `${base}/sign-in`, { identifier: 'nora@acme.example', password: newPassword }),
    await send('POST', `${base}/users`, {
      email: secret('address of a failed statement', 'pia@acme.example'),
      fullName: 'Planted',
    }),
  ];

  for (const { status, text } of answers) {
    expect(status).toBe(500);
    expect(text).not.toContain('planted');
  }
}

function secret(name: string, value: string): string {
  secrets.set(name, value);
  secrets.set(`${name}, as SHA-256 in hex`, createHash('sha256').update(value).digest('hex'));
  secrets.set(`${name}, as SHA-256 in base64`, createHash('sha256').update(value).digest('base64'));
  return value;
}
