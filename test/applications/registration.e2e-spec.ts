import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamicRegistrations } from '../../src/applications/dynamic-registrations.service.js';
import type { Anonymous } from '../../src/platform/access/actor.js';
import { Database } from '../../src/platform/database/database.js';
import type { Transaction } from '../../src/platform/database/transaction.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const stranger: Anonymous = {
  kind: 'anonymous',
  origin: { requestId: 'r', ip: '192.0.2.1', userAgent: null, idempotency: null },
};
const description = { name: 'Partner', redirectUris: ['https://partner.example/callback'] };

let app: TestApp;
let registrations: DynamicRegistrations;
beforeAll(async () => {
  app = await startApp();
  registrations = app.get(DynamicRegistrations);
});
afterAll(() => app.stop());

const pathOf = (organization: TestOrganization, rest = '') =>
  `/v1/organizations/${organization.slug}/registration-tokens${rest && `/${rest}`}`;

const within = <T>({ id }: TestOrganization, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  app.get(Database).forOrganization(id, work);

async function givenToken(organization: TestOrganization, owner: TestUser, body: object = {}) {
  const response = await app.api.as(owner).post(pathOf(organization), { name: 'Partners', ...body });
  expect(response.status).toBe(201);
  await app.given.forgetAudit(organization);
  return response.body as { id: string; registrationToken: string };
}

const register = (organization: TestOrganization, token: string, more: object = {}) =>
  within(organization, (tx) =>
    registrations.registerDynamically(tx, stranger, token, 'web', { ...description, ...more }),
  );

describe('A registration token', () => {
  it('is shown once, listed without itself, and deleted', async () => {
    const { organization, owner } = await app.given.organization();

    const created = await app.api
      .as(owner)
      .post(pathOf(organization), { name: 'Partners', maxUses: 2, allowedScopes: ['openid', 'email'] });
    const listed = await app.api.as(owner).get(pathOf(organization));
    const read = await app.api.as(owner).get(pathOf(organization, created.body.id));
    const deleted = await app.api.as(owner).delete(pathOf(organization, created.body.id));
    const gone = await app.api.as(owner).get(pathOf(organization, created.body.id));

    const { registrationToken, ...shown } = created.body;
    expect(registrationToken).toMatch(/^ten_reg_[A-Za-z0-9_-]{70}$/);
    expect(shown).toMatchObject({
      name: 'Partners',
      hint: registrationToken.slice(-4),
      allowedScopes: ['openid', 'email'],
      maxUses: 2,
      uses: 0,
    });
    expect(listed.body.items).toEqual([shown]);
    expect(read.body).toEqual(shown);
    expect(deleted.status).toBe(204);
    expect(gone).toBeProblem('not_found');
    expect(await register(organization, registrationToken)).toBeNull();
    expect(await app.given.auditOf(organization)).toEqual([
      'registration_token.created',
      'registration_token.deleted',
    ]);
    expect(JSON.stringify(await app.given.auditEventsOf(organization))).not.toContain('ten_reg_');
  });

  it.each([
    [{ expiresAt: '2001-01-01T00:00:00Z' }, 'invalid_request', '/expiresAt'],
    [{ expiresAt: '2099-01-01T00:00:00Z' }, 'invalid_request', '/expiresAt'],
    [{ maxUses: 0 }, 'invalid_request', '/maxUses'],
    [{ maxUses: 1_001 }, 'invalid_request', '/maxUses'],
    [{ allowedScopes: [] }, 'invalid_request', '/allowedScopes'],
    [{ allowedScopes: ['users:read'] }, 'invalid_request', '/allowedScopes'],
    [{ allowedScopes: ['nothing'] }, 'unknown_scope', undefined],
    [{ name: 'a\u202eb' }, 'invalid_request', '/name'],
  ])('is not made of %j', async (body, code, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization), { name: 'Partners', ...body });

    expect(response).toBeProblem(code, pointer === undefined ? {} : { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('registers as many as it says, of a hundred at once', async () => {
    const { organization, owner } = await app.given.organization();
    const { id, registrationToken } = await givenToken(organization, owner, { maxUses: 3 });

    const made = await Promise.all(
      Array.from({ length: 100 }, () => register(organization, registrationToken)),
    );

    expect(made.filter((one) => one !== null)).toHaveLength(3);
    expect((await app.api.as(owner).get(pathOf(organization, id))).body).toMatchObject({
      uses: 3,
      maxUses: 3,
    });
    expect(await app.given.auditOf(organization)).toEqual(Array(3).fill('application.registered'));
  });

  it('is not used up by what is refused, and is worth nothing elsewhere or later', async () => {
    const { organization, owner } = await app.given.organization();
    const { organization: globex } = await app.given.organization();
    const { registrationToken } = await givenToken(organization, owner);

    await expect(
      register(organization, registrationToken, { redirectUris: ['javascript:alert(1)'] }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/redirectUris/0' }] });
    await expect(register(organization, registrationToken, { defaultMaxAge: 2 ** 50 })).rejects.toMatchObject(
      { errors: [{ pointer: '/defaultMaxAge' }] },
    );
    expect(await register(globex, registrationToken)).toBeNull();
    expect(await register(organization, owner.token)).toBeNull();
    expect(await register(organization, '')).toBeNull();
    await app.given.timePasses(organization, '8 days');
    expect(await register(organization, registrationToken)).toBeNull();
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

describe('Registration tokens', () => {
  it('are a hundred that can be used; those that ended long ago go', async () => {
    const { organization, owner } = await app.given.organization();
    const insert = (expires: string, uses: number) =>
      app.sql(
        `insert into registration_tokens (org_id, name, token_hash, hint, allowed_scopes, max_uses, uses, expires_at)
         select $1, 'x', sha256((random()::text || n)::bytea), 'abcd', '{openid}', 1, $3, now() + $2::interval
           from generate_series(1, 99) n`,
        [organization.id, expires, uses],
      );
    await insert('-31 days', 0);
    await insert('1 day', 1);
    await insert('1 day', 0);
    const create = () => app.api.as(owner).post(pathOf(organization), { name: 'Partners' });

    const answers = await Promise.all([create(), create(), create()]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const [row] = await app.sql(
      'select count(*)::int as count from registration_tokens where org_id = $1 and expires_at < now()',
      [organization.id],
    );
    expect(row.count).toBe(0);
  });
});

describe('An application that registers itself', () => {
  it('asks for consent, uses PKCE and gets no scope but those of its token, whatever it says', async () => {
    const { organization, owner } = await app.given.organization();
    const { registrationToken } = await givenToken(organization, owner, {
      allowedScopes: ['openid', 'email'],
    });
    const greedy = {
      consent: 'none',
      requirePkce: false,
      scopes: ['openid', 'users:write'],
      allowedScopes: null,
    };

    const made = await register(organization, registrationToken, greedy);

    expect(made!.clientSecret).toMatch(/^ten_cs_/);
    expect(made!.registrationAccessToken).toMatch(/^ten_rat_/);
    expect(made!.application).toMatchObject({
      name: 'Partner',
      consent: 'required',
      requirePkce: true,
      allowedScopes: ['openid'],
      registeredDynamically: true,
    });
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({
      action: 'application.registered',
      actor_type: 'anonymous',
      ip: '192.0.2.1',
    });
    expect(JSON.stringify(event)).not.toMatch(/ten_(cs|rat|reg)_/);
  });

  it('reads, changes and removes itself with its own token only', async () => {
    const { organization, owner } = await app.given.organization();
    const { registrationToken } = await givenToken(organization, owner, { maxUses: 2 });
    const mine = (await register(organization, registrationToken))!;
    const other = (await register(organization, registrationToken))!;
    const { id } = mine.application;
    const token = mine.registrationAccessToken;
    await app.given.forgetAudit(organization);
    await app.api
      .as(owner)
      .patch(`/v1/organizations/${organization.slug}/applications/${id}`, { consent: 'none' });

    const wrong = await within(organization, async (tx) => [
      await registrations.findDynamic(tx, id, other.registrationAccessToken),
      await registrations.updateDynamic(tx, stranger, id, other.registrationAccessToken, description),
      await registrations.removeDynamic(tx, stranger, id, other.registrationAccessToken),
    ]);
    const found = await within(organization, (tx) => registrations.findDynamic(tx, id, token));
    const changed = await within(organization, (tx) =>
      registrations.updateDynamic(tx, stranger, id, token, { ...description, name: 'Renamed' }),
    );
    const removed = await within(organization, (tx) => registrations.removeDynamic(tx, stranger, id, token));
    const gone = await within(organization, (tx) => registrations.findDynamic(tx, id, token));

    expect(wrong).toEqual([null, null, false]);
    expect(found).toMatchObject({ id, name: 'Partner' });
    expect(changed!.application).toMatchObject({ name: 'Renamed', consent: 'none' });
    expect(changed!.clientSecret).toBeNull();
    expect(removed).toBe(true);
    expect(gone).toBeNull();
    expect(await app.given.auditOf(organization)).toEqual([
      'application.updated',
      'application.updated',
      'application.deleted',
    ]);
  });
});
