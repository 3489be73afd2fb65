import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { linkOf } from './links.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = ({ slug }: TestOrganization): string => `/v1/organizations/${slug}/invitations`;

interface Invited {
  id: string;
  token: string;
}

async function invited(
  inviter: TestUser | { token: string },
  organization: TestOrganization,
  body: object = {},
): Promise<Invited> {
  const response = await app.api
    .as(inviter)
    .post(pathOf(organization), { email: 'max@acme.example', ...body });
  expect(response.status).toBe(201);
  const id = response.body.id as string;
  const token = await linkOf(app, organization, id);
  await app.given.forgetAudit(organization);
  return { id, token };
}

function accept(organization: TestOrganization, token: string, body: object = {}, api = app.api) {
  return api.post(`${pathOf(organization)}/accept`, { token, password: testPassword, ...body });
}

async function stateOf(organization: TestOrganization, owner: TestUser, id: string): Promise<string> {
  return (await app.api.as(owner).get(`${pathOf(organization)}/${id}`)).body.state as string;
}

async function rolesOf(organization: TestOrganization, owner: TestUser, user: string): Promise<string[]> {
  const { body } = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${user}`);
  return body.roles.map(({ role }: { role: string }) => role);
}

describe('opening an invitation', () => {
  it('shows what it says and notes it once', async () => {
    const { organization, owner } = await app.given.organization();
    const message = 'Welcome\n<script>alert(1)</script>';
    const { id, token } = await invited(owner, organization, { roles: ['member'], message });

    const response = await app.api.post(`${pathOf(organization)}/open`, { token });
    const again = await app.api.post(`${pathOf(organization)}/open`, { token });

    expect(response.body).toEqual({
      organization: { name: organization.name, slug: organization.slug },
      email: 'max@acme.example',
      invitedBy: 'Olga Owner',
      message,
      expiresAt: expect.any(String),
      isSignedIn: false,
    });
    expect(again.body).toEqual(response.body);
    expect(await app.given.auditOf(organization)).toEqual(['invitation.opened']);
    expect(await stateOf(organization, owner, id)).toBe('opened');
  });

  it('does not tell a stranger whether there is such a user', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { email: 'max@acme.example' });
    const { token } = await invited(owner, organization);
    const open = (api = app.api) => api.post(`${pathOf(organization)}/open`, { token });

    expect((await open()).body.isSignedIn).toBe(false);
    expect((await open(app.api.as(owner))).body.isSignedIn).toBe(false);
    expect((await open(app.api.as(max))).body.isSignedIn).toBe(true);
  });
});

describe('accepting an invitation', () => {
  it('makes a user with a verified address, wherever registration is closed', async () => {
    const { organization, owner } = await app.given.organization({ registration: { mode: 'closed' } });
    await app.given.role(organization, 'editor', ['articles:publish']);
    const { id, token } = await invited(owner, organization, { roles: ['editor'] });

    const response = await accept(organization, token, { fullName: 'Max Meier', username: 'Max' });

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      user: { id: expect.any(String), email: 'max@acme.example', username: 'max', fullName: 'Max Meier' },
      roles: [{ role: 'editor', expiresAt: null }],
      teams: [],
    });
    const { user } = response.body;
    const path = `/v1/organizations/${organization.slug}`;
    expect((await app.api.as(owner).get(`${path}/users/${user.id}`)).body).toMatchObject({
      status: 'active',
      emailVerified: true,
      createdBy: owner.id,
      roles: [{ role: 'editor' }],
    });
    const signIn = { identifier: 'max@acme.example', password: testPassword };
    expect((await app.api.post(`${path}/sign-in`, signIn)).status).toBe(200);
    expect((await app.api.as(owner).get(`${pathOf(organization)}/${id}`)).body).toMatchObject({
      state: 'accepted',
      acceptedBy: user.id,
    });
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({
      action: 'invitation.accepted',
      actor_type: 'anonymous',
      change: { user: user.id, isNewUser: true, invitedBy: owner.id },
    });
    expect(await accept(organization, token)).toBeProblem('invalid_token');
    const welcome = await app.sql(
      `select 1 from mails where org_id = $1 and template = 'welcome' and user_id = $2`,
      [organization.id, user.id],
    );
    expect(welcome).toEqual([]);
  });

  it('gives somebody new the default role where it names none', async () => {
    const { organization, owner } = await app.given.organization();
    const { token } = await invited(owner, organization);

    const { body } = await accept(organization, token);

    expect(body.roles).toEqual([{ role: 'member', expiresAt: null }]);
  });

  it('makes one user of a hundred that try at once', async () => {
    const { organization, owner } = await app.given.organization();
    const { token } = await invited(owner, organization, { roles: ['member'] });

    const responses = await Promise.all(Array.from({ length: 100 }, () => accept(organization, token)));

    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    // Whoever looks in the very moment of the acceptance finds the user; a busy machine may have no answer for some.
    const harmless = ['invalid_token', 'account_exists', 'unavailable'];
    const refusals = responses.filter(({ status }) => status !== 200).map(({ body }) => body.code as string);
    expect(refusals.filter((code) => !harmless.includes(code))).toEqual([]);
    const users = await app.sql('select 1 from users where org_id = $1 and email = $2', [
      organization.id,
      'max@acme.example',
    ]);
    expect(users).toHaveLength(1);
    expect(await app.given.auditOf(organization)).toEqual(['invitation.accepted']);
  });

  it('is beaten by a revocation or comes first, and never halfway', async () => {
    const { organization, owner } = await app.given.organization();
    const { id, token } = await invited(owner, organization, { roles: ['member'] });

    const [accepted, revoked] = await Promise.all([
      accept(organization, token),
      app.api.as(owner).delete(`${pathOf(organization)}/${id}`),
    ]);

    const state = await stateOf(organization, owner, id);
    if (state === 'accepted') {
      expect(accepted.status).toBe(200);
      expect(revoked).toBeProblem('invitation_closed');
    } else {
      expect(revoked.status).toBe(204);
      expect(accepted).toBeProblem('invalid_token');
    }
  });

  it('keeps the link when what was typed will not do', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.user(organization, { username: 'taken' });
    const { id, token } = await invited(owner, organization);
    const before = await app.given.snapshot(organization);

    expect(await accept(organization, token, { password: 'short' })).toBeProblem('weak_password');
    expect(await accept(organization, token, { password: undefined })).toBeProblem('invalid_request');
    expect(await accept(organization, token, { username: 'no name' })).toBeProblem('invalid_request');
    expect(await accept(organization, token, { username: 'taken' })).toBeProblem('username_taken');

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await stateOf(organization, owner, id)).toBe('sent');
    expect((await accept(organization, token)).status).toBe(200);
  });

  it('gives one answer for wrong, foreign, expired and other tokens', async () => {
    const { organization, owner } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    const foreign = await invited(globex.owner, globex.organization);
    const [reset] = await app.sql<{ token: string }>(
      `select issue_token($1, 'password_reset', $2) as token`,
      [organization.id, owner.id],
    );
    const expired = await invited(owner, organization);
    await app.given.timePasses(organization, '8 days');
    const before = await app.given.snapshot(organization);

    const tokens = ['x', foreign.token, reset!.token, expired.token, `${expired.token.slice(0, -1)}_`];
    const answers = await Promise.all(tokens.map((token) => accept(organization, token)));

    const plain = answers.map(
      ({ status, body }) => ({ status, body: { ...body, instance: null } }) as unknown,
    );
    expect(answers[0]).toBeProblem('invalid_token');
    expect(new Set(plain.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('lives as long as it says, however long links usually live', async () => {
    const { organization, owner } = await app.given.organization();
    const expiresAt = new Date(Date.now() + 20 * 86_400_000).toISOString();
    const { token } = await invited(owner, organization, { expiresAt });
    await app.given.timePasses(organization, '19 days');
    expect((await app.api.post(`${pathOf(organization)}/open`, { token })).status).toBe(200);

    await app.given.timePasses(organization, '25 hours');

    expect(await accept(organization, token)).toBeProblem('invalid_token');
  });
});

describe('accepting as somebody who is a user already', () => {
  it('takes being signed in as that user, and adds to what they have', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    const max = await app.given.user(organization, { email: 'max@acme.example', roles: ['member'] });
    const eve = await app.given.user(organization, { roles: ['member'] });
    const key = await app.given.apiKey(max);
    const { id, token } = await invited(owner, organization, { roles: ['editor'] });
    const before = await app.given.snapshot(organization);

    for (const api of [app.api, app.api.as(eve), app.api.as(key), app.api.as('ten_ses_nonsense')])
      expect(await accept(organization, token, {}, api)).toBeProblem('account_exists');
    // API keys note when they were used.
    const { api_keys: _, ...unchanged } = before;
    expect(await app.given.snapshot(organization)).toMatchObject(unchanged);
    expect(await rolesOf(organization, owner, max.id)).toEqual(['member']);

    const response = await app.api.as(max).post(`${pathOf(organization)}/accept`, { token });

    expect(response.status).toBe(200);
    expect(response.body.user.id).toBe(max.id);
    expect(await rolesOf(organization, owner, max.id)).toEqual(['editor', 'member']);
    expect(await stateOf(organization, owner, id)).toBe('accepted');
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({ action: 'invitation.accepted', actor_id: max.id });
  });

  it('ends nothing that they have for longer', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { email: 'max@acme.example', roles: ['member'] });
    const { token } = await invited(owner, organization, {
      roles: [{ role: 'member', expiresAt: '2099-01-01T00:00:00.000Z' }],
    });

    await app.api.as(max).post(`${pathOf(organization)}/accept`, { token });

    const { body } = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${max.id}`);
    expect(body.roles).toEqual([{ role: 'member', expiresAt: null }]);
  });

  it('keeps out who is locked', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.user(organization, { email: 'max@acme.example', status: 'locked' });
    const { token } = await invited(owner, organization, { roles: ['member'] });

    expect(await accept(organization, token)).toBeProblem('account_exists');
  });
});

describe('whoever invited', () => {
  /** Ida may invite and is an editor, and a member of the writers. */
  async function world() {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    const [writers] = await app.sql<{ id: string }>(
      `insert into teams (org_id, name) values ($1, 'Writers') returning id`,
      [organization.id],
    );
    await app.sql(
      `insert into team_roles (org_id, team_id, role_id) select $1, $2, id from roles where org_id = $1 and name = 'editor'`,
      [organization.id, writers!.id],
    );
    const ida = await app.given.user(organization, {
      permissions: ['invitations:write'],
      roles: ['editor'],
    });
    return { organization, owner, ida };
  }

  const loseEditor = `delete from user_roles g using roles r where g.org_id = $1 and g.user_id = $2
    and r.org_id = g.org_id and r.id = g.role_id and r.name = 'editor'`;
  const loseInviting = `delete from user_roles g using roles r where g.org_id = $1 and g.user_id = $2
    and r.org_id = g.org_id and r.id = g.role_id and r.name <> 'editor'`;

  it('gives roles and teams that they still hold', async () => {
    const { organization, owner, ida } = await world();
    const { token } = await invited(ida, organization, { roles: ['editor'], teams: ['Writers'] });

    const response = await accept(organization, token);

    expect(response.body).toMatchObject({ roles: [{ role: 'editor' }], teams: [{ name: 'Writers' }] });
    const members = await app.api
      .as(owner)
      .get(`/v1/organizations/${organization.slug}/teams/Writers/members`);
    expect(members.body.items).toHaveLength(1);
  });

  it.each([
    ['was locked', `update users set status = 'locked' where org_id = $1 and id = $2`, { roles: ['editor'] }],
    ['was deleted', 'delete from users where org_id = $1 and id = $2', {}],
    ['lost the role', loseEditor, { roles: ['editor'] }],
    ['lost what the team brings', loseEditor, { teams: ['Writers'] }],
    ['may not invite any more', loseInviting, { roles: ['editor'] }],
  ])('gives nothing once they %s, and the invitation stays', async (_, change, gives) => {
    const { organization, owner, ida } = await world();
    const { id, token } = await invited(ida, organization, gives);
    await app.sql(change, [organization.id, ida.id]);
    await app.given.forgetAudit(organization);

    expect(await accept(organization, token)).toBeProblem('invitation_outdated');

    expect(await stateOf(organization, owner, id)).toBe('sent');
    expect(
      await app.sql(`select 1 from users where org_id = $1 and email = 'max@acme.example'`, [
        organization.id,
      ]),
    ).toEqual([]);
    expect(await app.given.auditOf(organization)).toEqual(['invitation.accepted (refused)']);
  });

  it('gives it after all when they have it back', async () => {
    const { organization, ida } = await world();
    const { token } = await invited(ida, organization, { roles: ['editor'] });
    await app.sql(`update users set status = 'locked' where org_id = $1 and id = $2`, [
      organization.id,
      ida.id,
    ]);
    expect(await accept(organization, token)).toBeProblem('invitation_outdated');

    await app.sql(`update users set status = 'active' where org_id = $1 and id = $2`, [
      organization.id,
      ida.id,
    ]);

    expect((await accept(organization, token)).status).toBe(200);
  });

  it('gives what a role has come to hold only within what they hold', async () => {
    const { organization } = await world();
    const ida = await app.given.user(organization, {
      permissions: ['invitations:write', 'articles:publish'],
    });
    const { token } = await invited(ida, organization, { roles: ['editor'] });
    await app.sql(
      `insert into role_permissions (org_id, role_id, permission)
       select $1, id, 'users:write' from roles where org_id = $1 and name = 'editor'`,
      [organization.id],
    );

    expect(await accept(organization, token)).toBeProblem('invitation_outdated');
  });

  it('invites with an API key as long as that key is there', async () => {
    const { organization, owner } = await world();
    const key = await app.given.apiKey(owner, { permissions: ['invitations:write', 'articles:publish'] });
    expect(
      await app.api.as(key).post(pathOf(organization), { email: 'max@acme.example', roles: ['admin'] }),
    ).toBeProblem('permission_denied');
    const { token } = await invited(key, organization, { roles: ['editor'] });
    await app.sql('delete from api_keys where org_id = $1 and id = $2', [organization.id, key.id]);

    expect(await accept(organization, token)).toBeProblem('invitation_outdated');
  });

  it('leaves roles and teams out that were deleted or have ended since', async () => {
    const { organization, owner } = await world();
    const { token } = await invited(owner, organization, {
      roles: ['editor', { role: 'member', expiresAt: new Date(Date.now() + 3_600_000).toISOString() }],
      teams: ['Writers'],
    });
    await app.sql(`delete from teams where org_id = $1`, [organization.id]);
    await app.given.timePasses(organization, '2 hours');

    const { body } = await accept(organization, token);

    expect(body).toMatchObject({ roles: [{ role: 'editor' }], teams: [] });
  });
});
