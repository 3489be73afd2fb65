import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenProvider } from '../accounts/world.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('The export of one’s own data', () => {
  it('has everything that is kept about the person, and no secret', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    const max = await app.given.user(organization, {
      username: 'max',
      fullName: 'Max Member',
      metadata: { desk: 12 },
      roles: ['editor'],
    });
    const key = await app.given.apiKey(max, { name: 'reports' });
    const [{ id: teamId }] = await app.sql(
      `insert into teams (org_id, name) values ($1, 'Writers') returning id`,
      [organization.id],
    );
    await app.sql('insert into team_members (org_id, team_id, user_id) values ($1, $2, $3)', [
      organization.id,
      teamId,
      max.id,
    ]);
    const provider = await givenProvider(app, organization);
    await app.sql(
      `insert into oauth_accounts (org_id, provider_id, issuer, subject, user_id, linked_through, profile, access_token)
       values ($1, $2, 'https://idp.example', '4711', $3, 'session', '{"email":"max@idp.example"}', 'argon2')`,
      [organization.id, provider.id, max.id],
    );
    await app.api.as(max).patch('/v1/me', { fullName: 'Max Meier' });

    const response = await app.api.as(max).get('/v1/me/export');

    expect(response.status).toBe(200);
    expect(response.headers['content-disposition']).toBe('attachment; filename="my-account.json"');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toMatchObject({
      organization: { id: organization.id, slug: organization.slug },
      user: { id: max.id, email: max.email, username: 'max', fullName: 'Max Meier', metadata: { desk: 12 } },
      profile: { displayName: null },
      roles: [{ role: 'editor', team: null, expiresAt: null }],
      teams: [{ name: 'Writers' }],
      linkedAccounts: [{ provider: 'The provider', subject: '4711', said: { email: 'max@idp.example' } }],
      sessions: [{ methods: ['pwd'], ip: '127.0.0.1' }],
      apiKeys: [{ id: key.id, name: 'reports', permissions: ['*'] }],
      mails: [{ to: max.email, template: 'welcome' }],
      history: [{ kind: 'created' }, { kind: 'full_name_changed', byOneself: true }],
      activity: [{ kind: 'sign_in', count: 1 }],
      auditEvents: [{ action: 'user.updated' }, { action: 'user.exported' }],
    });
    expect(response.text).not.toContain('argon2');
    expect(response.text).not.toContain(owner.email);
    expect(await app.given.auditOf(organization)).toEqual(['user.updated', 'user.exported']);
  });

  it('is whole, however long the record is', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.sql(
      `insert into audit_events (org_id, outcome, actor_type, actor_id, action, created_at)
       select $1, 'done', 'user', $2, 'thing.done', now() - interval '1 day' * (n / 7) from generate_series(1, 1200) n`,
      [organization.id, max.id],
    );

    const { body } = await app.api.as(max).get('/v1/me/export');

    const events = body.auditEvents as { id: string; createdAt: string }[];
    expect(new Set(events.map(({ id }) => id)).size).toBe(1201);
    expect(events.map(({ createdAt }) => createdAt)).toEqual(
      events.map(({ createdAt }) => createdAt).toSorted(),
    );
  });

  it('has nothing of anybody else', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const nora = await app.given.user(organization, { username: 'nora' });
    await app.given.apiKey(nora);

    const { body, text } = await app.api.as(max).get('/v1/me/export');

    expect(text).not.toContain(nora.id);
    expect(text).not.toContain('nora');
    expect(body).toMatchObject({ apiKeys: [], auditEvents: [{ action: 'user.exported' }] });
  });

  it('is for the person, ten times an hour', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    const key = await app.given.apiKey(owner);

    const statuses = [];
    for (let count = 0; count < 11; count += 1)
      statuses.push((await app.api.as(max).get('/v1/me/export')).status);

    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
    expect(await app.api.as(key).get('/v1/me/export')).toBeProblem('permission_denied');
  });
});
