import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Accounts } from '../../src/accounts/accounts.service.js';
import { Database } from '../../src/platform/database/database.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { accountsOf, givenProvider, identityOf, linkWith, sessionOf, signInWith } from './world.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const path = '/v1/me/accounts';

/** Somebody with a linked account, and no password if they come by it alone. */
async function givenLinked(
  organization: TestOrganization,
  { hasPassword = true, user }: { hasPassword?: boolean; user?: TestUser } = {},
) {
  const person = user ?? (await app.given.user(organization));
  if (!hasPassword) await app.sql('update users set password_hash = null where id = $1', [person.id]);
  const token = await app.given.session(person);
  const provider = await givenProvider(app, organization);
  const identity = identityOf(provider, { claims: { email: 'max@idp.example', username: 'max' } });
  const intent = { sessionId: await sessionOf(app, token), userId: person.id };
  const { accountId } = await linkWith(app, organization, identity, intent);
  await app.given.forgetAudit(organization);
  return { person: { ...person, token }, provider, identity, accountId };
}

describe('One’s own linked accounts', () => {
  it('are listed, oldest first, page by page, by the same number of statements', async () => {
    const { organization } = await app.given.organization();
    const { person, provider, accountId } = await givenLinked(organization);
    await givenLinked(organization, { user: person });

    const first = await app.api.as(person).get(`${path}?limit=1`);
    const second = await app.api
      .as(person)
      .get(`${path}?limit=1&cursor=${first.body['nextCursor'] as string}`);

    expect(first.body['items']).toEqual([
      {
        id: accountId,
        provider: {
          id: provider.id,
          name: provider.name,
          displayName: 'The provider',
          type: 'oidc',
          icon: 'oidc',
          enabled: true,
        },
        issuer: 'https://idp.example',
        subject: expect.any(String),
        email: 'max@idp.example',
        name: 'Max Meier',
        linkedThrough: 'session',
        scopes: [],
        hasToken: false,
        linkedAt: expect.any(String),
        lastUsedAt: expect.any(String),
      },
    ]);
    expect(second.body['items']).toHaveLength(1);
    expect(second.body['nextCursor']).toBeNull();
  });

  it('are unlinked, and sessions that came by one end, except the one that unlinks it', async () => {
    const { organization } = await app.given.organization();
    const { person, identity, accountId } = await givenLinked(organization);
    const other = await app.given.session(person);
    const untouched = await app.given.session(person);
    for (const token of [person.token, other]) {
      const sessionId = await sessionOf(app, token);
      await app
        .get(Database)
        .forOrganization(organization.id, (tx) =>
          app.get(Accounts).noteSession(tx, sessionId, accountId, identity),
        );
    }

    const response = await app.api.as(person).delete(`${path}/${accountId}`);

    expect(response.status).toBe(204);
    expect(await accountsOf(app, person.id)).toEqual([]);
    expect((await app.api.as(person).get('/v1/session')).status).toBe(200);
    expect((await app.api.as({ token: untouched }).get('/v1/session')).status).toBe(200);
    expect(await app.api.as({ token: other }).get('/v1/session')).toBeProblem('unauthenticated');
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({ action: 'account.unlinked', target_id: accountId, actor_id: person.id });
    expect(event!.change).toMatchObject({ sessionsEnded: 1 });
  });

  it('need a proof of the last minutes to be unlinked, and a person', async () => {
    const { organization } = await app.given.organization();
    const { person, accountId } = await givenLinked(organization);
    const key = await app.given.apiKey(person);
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(key).delete(`${path}/${accountId}`)).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
    await app.given.timePasses(organization, '11 minutes');
    expect(await app.api.as(person).delete(`${path}/${accountId}`)).toBeProblem('reauthentication_required');
    expect(await accountsOf(app, person.id)).toHaveLength(1);
  });

  it('are nobody else’s to unlink', async () => {
    const { organization } = await app.given.organization();
    const { accountId, person } = await givenLinked(organization);
    const other = await app.given.user(organization);

    expect(await app.api.as(other).delete(`${path}/${accountId}`)).toBeProblem('not_found');
    expect(await accountsOf(app, person.id)).toHaveLength(1);
  });

  it('keep the last way in', async () => {
    const { organization, owner } = await app.given.organization();
    const { person, accountId } = await givenLinked(organization, { hasPassword: false });
    const before = await app.given.snapshot(organization);

    const refused = await app.api.as(person).delete(`${path}/${accountId}`);

    expect(refused).toBeProblem('last_sign_in_method');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['account.unlinked (refused)']);
    // A link by mail is a way in, where the organization wants it and the address is verified.
    await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/policies/sign-in`, { magicLink: true });
    expect(await app.api.as(person).delete(`${path}/${accountId}`)).toBeProblem('last_sign_in_method');
    await app.sql('update users set email_verified_at = now() where id = $1', [person.id]);
    expect((await app.api.as(person).delete(`${path}/${accountId}`)).status).toBe(204);
  });

  it('do not count where the provider is switched off', async () => {
    const { organization } = await app.given.organization();
    const { person, accountId } = await givenLinked(organization, { hasPassword: false });
    const { provider } = await givenLinked(organization, { user: person });
    await app.sql('update oauth_providers set is_enabled = false where id = $1', [provider.id]);

    expect(await app.api.as(person).delete(`${path}/${accountId}`)).toBeProblem('last_sign_in_method');
  });

  it('keep one, when all are unlinked at once', async () => {
    const { organization } = await app.given.organization();
    const first = await givenLinked(organization, { hasPassword: false });
    const ids = [first.accountId];
    for (let count = 0; count < 4; count++)
      ids.push((await givenLinked(organization, { user: first.person })).accountId);

    const answers = await Promise.all(ids.map((id) => app.api.as(first.person).delete(`${path}/${id}`)));

    expect(answers.filter(({ status }) => status === 204)).toHaveLength(4);
    expect(answers.find(({ status }) => status !== 204)).toBeProblem('last_sign_in_method');
    expect(await accountsOf(app, first.person.id)).toHaveLength(1);
  });
});

describe('Linked accounts of a user', () => {
  const of = ({ slug }: TestOrganization, { id }: TestUser) =>
    `/v1/organizations/${slug}/users/${id}/accounts`;

  it('are seen and unlinked with a permission of their own', async () => {
    const { organization } = await app.given.organization();
    const { person, accountId } = await givenLinked(organization);
    const reader = await app.given.user(organization, { permissions: ['accounts:read'] });
    const writer = await app.given.user(organization, { permissions: ['accounts:write'] });
    const nobody = await app.given.user(organization, { permissions: ['users:read', 'users:write'] });

    expect((await app.api.as(reader).get(of(organization, person))).body['items']).toHaveLength(1);
    expect(await app.api.as(nobody).get(of(organization, person))).toBeProblem('permission_denied');
    expect(await app.api.as(reader).delete(`${of(organization, person)}/${accountId}`)).toBeProblem(
      'permission_denied',
    );
    expect((await app.api.as(writer).delete(`${of(organization, person)}/${accountId}`)).status).toBe(204);
    expect(await app.given.auditOf(organization)).toContain('account.unlinked');
  });

  it('of whoever holds more stay, and one’s own are a matter of one’s own page', async () => {
    const { organization, owner } = await app.given.organization();
    const { accountId } = await givenLinked(organization, { user: owner });
    const writer = await app.given.user(organization, { permissions: ['accounts:write'] });

    const denied = await app.api.as(writer).delete(`${of(organization, owner)}/${accountId}`);

    expect(denied).toBeProblem('permission_denied');
    expect(await app.given.auditOf(organization)).toEqual(['account.unlinked (refused)']);
    expect(await app.api.as(owner).delete(`${of(organization, owner)}/${accountId}`)).toBeProblem(
      'own_account',
    );
    expect(await accountsOf(app, owner.id)).toHaveLength(1);
  });

  it('leave a mail to set a password behind, where there was no other way in', async () => {
    const { organization, owner } = await app.given.organization();
    const { person, accountId } = await givenLinked(organization, { hasPassword: false });
    // One of each: welcome, and a password that changed.
    await app.mailbox.next(person.email);
    await app.mailbox.next(person.email);

    const response = await app.api.as(owner).delete(`${of(organization, person)}/${accountId}`);

    expect(response.status).toBe(204);
    expect((await app.mailbox.next(person.email)).text).toContain('password-reset?token=');
    const user = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${person.id}`);
    expect(user.body['status']).toBe('active');
  });

  it('go with the provider, and with the user', async () => {
    const { organization } = await app.given.organization();
    const { person, provider } = await givenLinked(organization);

    await app.sql('delete from oauth_providers where id = $1', [provider.id]);

    expect(await accountsOf(app, person.id)).toEqual([]);
    const other = await givenLinked(organization);
    await app.sql('delete from users where id = $1', [other.person.id]);
    expect(await accountsOf(app, other.person.id)).toEqual([]);
  });

  it('let whoever comes by one come back after being locked for a while', async () => {
    const { organization, owner } = await app.given.organization({ registration: { mode: 'open' } });
    const provider = await givenProvider(app, organization);
    const identity = identityOf(provider);
    const { account } = await signInWith(app, organization, identity);
    await app.sql('update users set last_login_at = now() where id = $1', [account.id]);
    const lock = `/v1/organizations/${organization.slug}/users/${account.id}/lock`;
    await app.api.as(owner).put(lock);

    const unlocked = await app.api.as(owner).delete(lock);

    expect(unlocked.body['status']).toBe('active');
    expect((await signInWith(app, organization, identity)).account.id).toBe(account.id);
  });
});
