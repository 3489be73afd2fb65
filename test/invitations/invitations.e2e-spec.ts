import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { statementsOf } from '../access-control/statements.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { linkOf } from './links.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = ({ slug }: TestOrganization): string => `/v1/organizations/${slug}/invitations`;

async function invite(who: TestUser | { token: string }, organization: TestOrganization, body: object) {
  const response = await app.api.as(who).post(pathOf(organization), body);
  expect(response.status).toBe(201);
  return response.body as { id: string; email: string; state: string; expiresAt: string };
}

async function team(organization: TestOrganization, name: string, role: string): Promise<{ id: string }> {
  const [made] = await app.sql<{ id: string }>(
    'insert into teams (org_id, name) values ($1, $2) returning id',
    [organization.id, name],
  );
  await app.sql(
    `insert into team_roles (org_id, team_id, role_id) select $1, $2, id from roles where org_id = $1 and name = $3`,
    [organization.id, made!.id, role],
  );
  return made!;
}

describe('inviting somebody', () => {
  it('queues a mail with the message and shows no secret', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    const writers = await team(organization, 'Writers', 'editor');

    const response = await app.api.as(owner).post(pathOf(organization), {
      email: 'Max@ACME.example',
      roles: ['member', { role: 'editor', expiresAt: '2099-01-31T12:00:00.000Z' }],
      teams: ['Writers'],
      message: ' Welcome!\r\nhttps://acme.example <b>&amp;</b> ',
      locale: 'de',
    });

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      email: 'max@acme.example',
      state: 'sent',
      roles: [
        { role: 'editor', expiresAt: '2099-01-31T12:00:00.000Z' },
        { role: 'member', expiresAt: null },
      ],
      teams: [{ id: writers.id, name: 'Writers' }],
      message: 'Welcome!\nhttps://acme.example <b>&amp;</b>',
      invitedBy: owner.id,
      acceptedBy: null,
    });
    const days = (Date.parse(response.body.expiresAt) - Date.parse(response.body.createdAt)) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
    const path = `${pathOf(organization)}/${response.body.id}`;
    expect((await app.api.as(owner).get(path)).body).toEqual(response.body);
    expect(response.text).not.toContain('ten_ver_');
    const mails = await app.sql(
      'select template, to_email, locale, token_type, subject_id, data from mails where org_id = $1 and template = $2',
      [organization.id, 'invitation'],
    );
    expect(mails).toEqual([
      {
        template: 'invitation',
        to_email: 'max@acme.example',
        locale: 'de',
        token_type: 'invitation',
        subject_id: response.body.id,
        data: {
          invitedBy: 'Olga Owner',
          message: response.body.message,
          endsOn: response.body.expiresAt.slice(0, 10),
        },
      },
    ]);
    expect(await app.given.auditOf(organization)).toEqual(['invitation.created']);
  });

  it('says the same whether or not there is a user of that address', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);

    const known = await app.api.as(owner).post(pathOf(organization), { email: max.email });
    const unknown = await app.api.as(owner).post(pathOf(organization), { email: 'somebody@else.example' });

    const alike = ({ body }: typeof known) =>
      ({ ...body, id: null, email: null, createdAt: null, expiresAt: null }) as unknown;
    expect(known.status).toBe(201);
    expect(alike(known)).toEqual(alike(unknown));
  });

  it('gives nothing that the inviter does not hold, or not for as long', async () => {
    const { organization } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    await team(organization, 'Writers', 'editor');
    const ida = await app.given.user(organization, { permissions: ['invitations:write'] });
    await app.sql(
      `insert into user_roles (org_id, user_id, role_id, expires_at)
       select $1, $2, id, now() + interval '1 day' from roles where org_id = $1 and name = 'editor'`,
      [organization.id, ida.id],
    );
    const before = await app.given.snapshot(organization);
    const attempt = (body: object) =>
      app.api.as(ida).post(pathOf(organization), { email: 'max@acme.example', ...body });

    for (const body of [
      { roles: ['owner'] },
      { roles: ['admin'] },
      { roles: ['editor'] },
      { roles: [{ role: 'editor', expiresAt: '2099-01-01T00:00:00Z' }] },
      { teams: ['Writers'] },
    ])
      expect(await attempt(body)).toBeProblem('permission_denied');

    const { audit_events: __, ...rest } = before;
    const { audit_events: ___, ...restAfter } = await app.given.snapshot(organization);
    expect(restAfter).toEqual(rest);
    expect(await app.given.auditOf(organization)).toEqual(
      Array.from({ length: 5 }, () => 'invitation.created (refused)'),
    );
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    expect((await attempt({ roles: [{ role: 'editor', expiresAt: soon }] })).status).toBe(201);
  });

  it('takes an owner to make an owner', async () => {
    const { organization, owner } = await app.given.organization();
    const admin = await app.given.user(organization, { roles: ['admin'] });
    const body = { email: 'max@acme.example', roles: ['owner'] };

    expect(await app.api.as(admin).post(pathOf(organization), body)).toBeProblem('permission_denied');
    expect((await app.api.as(owner).post(pathOf(organization), body)).status).toBe(201);
    const admins = { email: 'max@acme.example', roles: ['admin'] };
    expect((await app.api.as(admin).post(pathOf(organization), admins)).status).toBe(201);
  });

  it('refuses what is malformed or unknown and writes nothing', async () => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);
    const attempt = (body: object) =>
      app.api.as(owner).post(pathOf(organization), { email: 'max@acme.example', ...body });

    for (const body of [
      { email: 'max' },
      { email: 'max@acme.example, eve@evil.example' },
      { email: '"max"@acme.example' },
      { message: 'x'.repeat(501) },
      { message: 'a\u0000b' },
      { expiresAt: '2020-01-01T00:00:00Z' },
      { expiresAt: '2099-01-01T00:00:00Z' },
      { locale: '../de' },
      { roles: ['member', 'member'] },
      { roles: ['member', []] },
      { teams: ['a\u0000'] },
      { teams: [[]] },
    ])
      expect(await attempt(body)).toBeProblem('invalid_request');
    expect(await attempt({ roles: ['nobody'] })).toBeProblem('unknown_role');
    expect(await attempt({ teams: ['Nowhere'] })).toBeProblem('unknown_team');

    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('replaces the invitation that the address had', async () => {
    const { organization, owner } = await app.given.organization();
    const first = await invite(owner, organization, { email: 'max@acme.example', roles: ['admin'] });
    const token = await linkOf(app, organization, first.id);
    await app.given.forgetAudit(organization);

    const second = await invite(owner, organization, { email: 'MAX@acme.example' });

    const states = await app.api.as(owner).get(pathOf(organization));
    expect(states.body.items.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
      [second.id, 'sent'],
      [first.id, 'revoked'],
    ]);
    expect(await app.api.post(`${pathOf(organization)}/open`, { token })).toBeProblem('invalid_token');
    expect(await app.given.auditOf(organization)).toEqual(['invitation.revoked', 'invitation.created']);
  });

  it('leaves one invitation of an address when many are made at once', async () => {
    const { organization, owner } = await app.given.organization();

    const responses = await Promise.all(
      Array.from({ length: 3 }, () =>
        app.api.as(owner).post(pathOf(organization), { email: 'max@acme.example' }),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201]);
    const sent = await app.api.as(owner).get(`${pathOf(organization)}?state=sent`);
    expect(sent.body.items).toHaveLength(1);
  });

  it('sends no more than three mails to one address in ten minutes', async () => {
    const { organization, owner } = await app.given.organization();
    for (let count = 0; count < 3; count += 1)
      await invite(owner, organization, { email: 'max@acme.example' });
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization), { email: 'max@acme.example' });

    expect(response).toBeProblem('too_many_requests');
    expect(response.headers['retry-after']).toBe('600');
    expect(await app.given.snapshot(organization)).toEqual(before);
    await app.given.timePasses(organization, '11 minutes');
    await invite(owner, organization, { email: 'max@acme.example' });
  });

  it('happens once for one idempotency key', async () => {
    const { organization, owner } = await app.given.organization();
    const send = () =>
      app.api
        .as(owner)
        .post(
          pathOf(organization),
          { email: 'max@acme.example' },
          { headers: { 'idempotency-key': 'once' } },
        );

    const [first, second] = [await send(), await send()];

    expect(second.body).toEqual(first.body);
    expect(await app.given.auditOf(organization)).toEqual(['invitation.created']);
  });

  it('asks for the permission', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await invite(owner, organization, { email: 'max@acme.example' });
    const reader = await app.given.user(organization, { permissions: ['invitations:read'] });
    const path = pathOf(organization);

    expect((await app.api.as(reader).get(path)).status).toBe(200);
    expect(await app.api.as(reader).post(path, { email: 'a@b.example' })).toBeProblem('permission_denied');
    expect(await app.api.as(reader).delete(`${path}/${id}`)).toBeProblem('permission_denied');
    expect(await app.api.as(reader).post(`${path}/${id}/deliveries`)).toBeProblem('permission_denied');
    const nobody = await app.given.user(organization, { roles: ['member'] });
    expect(await app.api.as(nobody).get(path)).toBeProblem('permission_denied');
    expect(await app.api.as(nobody).get(`${path}/${id}`)).toBeProblem('permission_denied');
  });
});

describe('the list of invitations', () => {
  it('pages, newest first, and filters by what the state is now', async () => {
    const { organization, owner } = await app.given.organization();
    for (const name of ['a', 'b', 'c'])
      await invite(owner, organization, { email: `${name}@acme.example`, roles: ['member'] });
    await app.given.timePasses(organization, '6 days');
    const path = pathOf(organization);
    const late = await invite(owner, organization, { email: 'd@acme.example' });
    await app.given.timePasses(organization, '2 days');
    const emails = async (query: string) =>
      (await app.api.as(await renewed(owner)).get(`${path}?${query}`)).body.items.map(
        ({ email, state }: { email: string; state: string }) => `${email[0]} ${state}`,
      );

    expect(await emails('')).toEqual(['d sent', 'c expired', 'b expired', 'a expired']);
    expect(await emails('state=expired')).toEqual(['c expired', 'b expired', 'a expired']);
    expect(await emails('state=sent')).toEqual(['d sent']);
    const api = app.api.as(await renewed(owner));
    const first = await api.get(`${path}?limit=3&state=expired`);
    expect(first.body.nextCursor).toBeNull();
    const page = await api.get(`${path}?limit=3`);
    const rest = await api.get(`${path}?limit=3&cursor=${page.body.nextCursor}`);
    expect(rest.body.items).toHaveLength(1);
    expect(await api.get(`${path}?state=sent&cursor=${page.body.nextCursor}`)).toBeProblem('invalid_request');
    expect(await api.post(`${path}/${first.body.items[0].id}/deliveries`)).toBeProblem('invitation_closed');
    expect((await api.post(`${path}/${late.id}/deliveries`)).status).toBe(202);
  });

  it('takes as many statements whatever its length', async () => {
    const { organization, owner } = await app.given.organization();
    for (let index = 0; index < 4; index += 1)
      await invite(owner, organization, { email: `user-${index}@acme.example`, roles: ['member'] });
    const list = (limit: number) => () => app.api.as(owner).get(`${pathOf(organization)}?limit=${limit}`);

    expect(await statementsOf(list(4))).toBe(await statementsOf(list(1)));
  });
});

describe('revoking an invitation', () => {
  it('kills its link at once, and once accepted does nothing', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await invite(owner, organization, { email: 'max@acme.example' });
    const token = await linkOf(app, organization, id);
    await app.given.forgetAudit(organization);
    const path = `${pathOf(organization)}/${id}`;

    expect((await app.api.as(owner).delete(path)).status).toBe(204);
    expect((await app.api.as(owner).delete(path)).status).toBe(204);

    expect((await app.api.as(owner).get(path)).body).toMatchObject({ state: 'revoked' });
    expect(await app.api.post(`${pathOf(organization)}/open`, { token })).toBeProblem('invalid_token');
    expect(await app.api.as(owner).post(`${path}/deliveries`)).toBeProblem('invitation_closed');
    expect(await app.given.auditOf(organization)).toEqual(['invitation.revoked']);
    // A mail that was still on its way brings a link that is dead from the first.
    const late = await linkOf(app, organization, id);
    expect(await app.api.post(`${pathOf(organization)}/open`, { token: late })).toBeProblem('invalid_token');
  });

  it('knows no foreign, unknown or malformed ids', async () => {
    const { organization, owner } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    const foreign = await invite(globex.owner, globex.organization, { email: 'max@globex.example' });

    for (const id of [foreign.id, newId(), 'nonsense', '%00']) {
      const path = `${pathOf(organization)}/${id}`;
      expect(await app.api.as(owner).get(path)).toBeProblem('not_found');
      expect(await app.api.as(owner).delete(path)).toBeProblem('not_found');
      expect(await app.api.as(owner).post(`${path}/deliveries`)).toBeProblem('not_found');
    }
  });
});

describe('sending an invitation again', () => {
  it('brings a new link, and the one before ends', async () => {
    const { organization, owner } = await app.given.organization();
    const { id, expiresAt } = await invite(owner, organization, { email: 'max@acme.example' });
    const older = await linkOf(app, organization, id);
    await app.given.forgetAudit(organization);

    const response = await app.api.as(owner).post(`${pathOf(organization)}/${id}/deliveries`);

    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({ id, state: 'sent', expiresAt });
    const newer = await linkOf(app, organization, id);
    expect(await app.api.post(`${pathOf(organization)}/open`, { token: older })).toBeProblem('invalid_token');
    expect((await app.api.post(`${pathOf(organization)}/open`, { token: newer })).status).toBe(200);
    expect(await app.given.auditOf(organization)).toEqual(['invitation.sent_again', 'invitation.opened']);
  });
});

/** The same person with a session that time has not ended. */
async function renewed(user: TestUser): Promise<{ token: string }> {
  return { token: await app.given.session(user) };
}
