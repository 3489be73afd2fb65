import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { type IssuerKey, SigningKeys } from '../../src/signing-keys/signing-keys.service.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface Key {
  kid: string;
  alg: string;
  state: string;
  activatesAt: string | null;
  removeAt: string | null;
}

async function issuer(): Promise<{
  organization: TestOrganization;
  owner: TestUser;
  path: string;
  first: IssuerKey;
}> {
  const { organization, owner } = await app.given.organization();
  const [first] = await ofIssuer(organization);
  await app.given.forgetAudit(organization);
  return { organization, owner, first: first!, path: `/v1/organizations/${organization.slug}/signing-keys` };
}

const ofIssuer = ({ id }: TestOrganization): Promise<IssuerKey[]> =>
  app.get(Database).forOrganization(id, (tx) => app.get(SigningKeys).ofIssuer(tx));

const rotate = () => app.get(Jobs).run('rotate-signing-keys');

const states = (keys: readonly { kid: string; state: string }[]) =>
  keys.map(({ kid, state }) => [kid, state]);

describe('The signing keys of an organization', () => {
  it('are told, without their private halves', async () => {
    const { owner, path, first } = await issuer();

    const response = await app.api.as(owner).get(path);

    expect(response.status).toBe(200);
    expect(response.body.items).toMatchObject([
      {
        kid: first.kid,
        alg: 'ES256',
        state: 'active',
        publicJwk: first.publicJwk,
        activatesAt: null,
        removeAt: null,
      },
    ]);
    expect(response.text).not.toMatch(/"d"|private/);
  });

  it('ask for a permission each to be read and changed', async () => {
    const { organization, path, first } = await issuer();
    const reader = await app.given.user(organization, { permissions: ['signing-keys:read'] });
    const member = await app.given.user(organization, { roles: ['member'] });

    expect((await app.api.as(reader).get(path)).status).toBe(200);
    expect(await app.api.as(member).get(path)).toBeProblem('permission_denied');
    expect(await app.api.as(reader).post(path, {})).toBeProblem('permission_denied');
    expect(await app.api.as(reader).delete(`${path}/${first.kid}`)).toBeProblem('permission_denied');
    expect(states(await ofIssuer(organization))).toEqual([[first.kid, 'active']]);
  });

  it('are the business of administrators', async () => {
    const { organization, path } = await issuer();
    const admin = await app.given.user(organization, { roles: ['admin'] });

    expect((await app.api.as(admin).post(path, {})).status).toBe(201);
  });
});

describe('Rotating by hand', () => {
  it('publishes a key that takes over a day later, and keeps the old one published', async () => {
    const { organization, owner, path, first } = await issuer();

    const response = await app.api.as(owner).post(path, {});

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ alg: 'ES256', state: 'next', activatedAt: null });
    const { kid } = response.body as Key;
    expect(Date.parse(response.body.activatesAt) - Date.now()).toBeGreaterThan(86_395_000);
    expect(states(await ofIssuer(organization))).toEqual([
      [first.kid, 'active'],
      [kid, 'next'],
    ]);
    expect((await ofIssuer(organization)).map(({ privateKey }) => privateKey !== null)).toEqual([
      true,
      false,
    ]);
    expect(await app.given.auditOf(organization)).toEqual(['signing_key.published']);

    await app.given.timePasses(organization, '23 hours');
    await rotate();
    expect(states(await ofIssuer(organization))).toEqual([
      [first.kid, 'active'],
      [kid, 'next'],
    ]);

    await app.given.timePasses(organization, '1 hour');
    await rotate();
    expect(states(await ofIssuer(organization))).toEqual([
      [kid, 'active'],
      [first.kid, 'retired'],
    ]);
    expect(await app.given.auditOf(organization)).toEqual([
      'signing_key.published',
      'signing_key.retired',
      'signing_key.activated',
    ]);

    await app.given.timePasses(organization, '31 days');
    await rotate();
    expect(states(await ofIssuer(organization))).toEqual([[kid, 'active']]);
  });

  it('destroys the private half of the key that retires', async () => {
    const { organization, owner, path, first } = await issuer();

    await app.api.as(owner).post(path, { immediately: true });

    const [row] = await app.sql(
      'select state, private_key from signing_keys where org_id = $1 and kid = $2',
      [organization.id, first.kid],
    );
    expect(row).toEqual({ state: 'retired', private_key: null });
  });

  it('is refused while a key waits already, unless at once', async () => {
    const { organization, owner, path, first } = await issuer();
    const { body: waiting } = await app.api.as(owner).post(path, {});
    await app.given.forgetAudit(organization);

    expect(await app.api.as(owner).post(path, {})).toBeProblem('signing_key_waits');
    expect(await app.given.auditOf(organization)).toEqual([]);
    const response = await app.api.as(owner).post(path, { immediately: true });

    expect(response.body).toMatchObject({ kid: waiting.kid, state: 'active' });
    expect(states(await ofIssuer(organization))).toEqual([
      [waiting.kid, 'active'],
      [first.kid, 'retired'],
    ]);
  });

  it('makes the first key of another kind active at once', async () => {
    const { organization, owner, path, first } = await issuer();

    const response = await app.api.as(owner).post(path, { alg: 'RS256' });

    expect(response.body).toMatchObject({ alg: 'RS256', state: 'active' });
    expect(states(await ofIssuer(organization))).toEqual([
      [first.kid, 'active'],
      [response.body.kid, 'active'],
    ]);
  });

  it('is one rotation when the request is repeated with its key', async () => {
    const { organization, owner, path } = await issuer();
    const options = { headers: { 'idempotency-key': 'rotate-acme' } };

    const [one, other] = await Promise.all([1, 2].map(() => app.api.as(owner).post(path, {}, options)));

    expect(one!.body).toEqual(other!.body);
    expect(await ofIssuer(organization)).toHaveLength(2);
  });

  it('has one effect, however many do it at once', async () => {
    const { organization, owner, path } = await issuer();

    const responses = await Promise.all(Array.from({ length: 8 }, () => app.api.as(owner).post(path, {})));

    expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    expect(await ofIssuer(organization)).toHaveLength(2);
  });

  it('is bounded', async () => {
    const { organization, owner, path } = await issuer();
    for (let count = 1; count < 10; count += 1) {
      expect((await app.api.as(owner).post(path, { immediately: true })).status).toBe(201);
    }

    const response = await app.api.as(owner).post(path, { immediately: true });

    expect(response).toBeProblem('too_many_signing_keys');
    expect(await ofIssuer(organization)).toHaveLength(10);
  });
});

describe('Removing a key in an emergency', () => {
  it('takes it from the published ones and lets another sign at once', async () => {
    const { organization, owner, path, first } = await issuer();

    const response = await app.api.as(owner).delete(`${path}/${first.kid}`);

    expect(response.status).toBe(204);
    const keys = await ofIssuer(organization);
    expect(keys).toMatchObject([{ alg: 'ES256', state: 'active' }]);
    expect(keys[0]!.kid).not.toBe(first.kid);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'signing_key.removed',
        target_id: first.kid,
        actor_id: owner.id,
        change: { state: 'active' },
      },
      { action: 'signing_key.published', target_id: keys[0]!.kid, change: { state: 'active' } },
    ]);
  });

  it('lets the next one sign where it is published already', async () => {
    const { organization, owner, path, first } = await issuer();
    const { body: next } = await app.api.as(owner).post(path, {});

    await app.api.as(owner).delete(`${path}/${first.kid}`);

    expect(states(await ofIssuer(organization))).toEqual([[next.kid, 'active']]);
  });

  it('leaves the active one where it is when another one goes', async () => {
    const { organization, owner, path, first } = await issuer();
    const { body: next } = await app.api.as(owner).post(path, {});
    await app.api.as(owner).delete(`${path}/${next.kid}`);
    const { body: active } = await app.api.as(owner).post(path, { immediately: true });

    await app.api.as(owner).delete(`${path}/${first.kid}`);

    expect(states(await ofIssuer(organization))).toEqual([[active.kid, 'active']]);
  });

  it('answers for what is no key of the organization as if there were none', async () => {
    const { organization, owner, path } = await issuer();
    const { first: foreign } = await issuer();
    const before = await app.given.snapshot(organization);

    for (const kid of [foreign.kid, 'x'.repeat(43), '%00']) {
      expect(await app.api.as(owner).delete(`${path}/${kid}`)).toBeProblem('not_found');
    }
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('leaves one active key, however many remove it at once', async () => {
    const { organization, owner, path, first } = await issuer();

    const responses = await Promise.all(
      Array.from({ length: 6 }, () => app.api.as(owner).delete(`${path}/${first.kid}`)),
    );

    expect(responses.map(({ status }) => status).sort()).toEqual([204, ...Array(5).fill(404)]);
    expect(await ofIssuer(organization)).toMatchObject([{ state: 'active' }]);
  });
});
