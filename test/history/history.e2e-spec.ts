import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const ofUser = ({ slug }: TestOrganization, user: string, what: string) =>
  `/v1/organizations/${slug}/users/${encodeURIComponent(user)}/${what}`;

describe('The history of an account', () => {
  it('is read by its user and by administrators, newest first, page by page', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { username: 'max' });
    await app.api
      .as(owner)
      .patch(`/v1/organizations/${organization.slug}/users/${max.id}`, { fullName: 'Max Meier' });
    await app.api.as(max).patch('/v1/me', { fullName: 'Max' });

    const own = await app.api.as(max).get('/v1/me/history');
    const first = await app.api.as(owner).get(`${ofUser(organization, max.email, 'history')}?limit=2`);
    const rest = await app.api
      .as(owner)
      .get(`${ofUser(organization, 'max', 'history')}?limit=2&cursor=${first.body.nextCursor}`);

    expect(
      own.body.items.map(({ kind, change, actorId }: Record<string, unknown>) => [kind, change, actorId]),
    ).toEqual([
      ['full_name_changed', { from: 'Max Meier', to: 'Max' }, max.id],
      ['full_name_changed', { from: null, to: 'Max Meier' }, owner.id],
      ['created', { email: max.email, username: 'max', status: 'active' }, null],
    ]);
    expect([...first.body.items, ...rest.body.items]).toEqual(own.body.items);
    expect(rest.body.nextCursor).toBeNull();
  });

  it('tells of a new password', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const password = 'seven grey herons at dawn';
    await app.api.as(max).put('/v1/me/password', { currentPassword: max.password, password });

    const { body } = await app.api.as(max).get('/v1/me/history?limit=1');
    expect(body.items).toEqual([
      {
        id: expect.any(String),
        kind: 'password_changed',
        change: {},
        actorId: max.id,
        createdAt: expect.any(String),
      },
    ]);
  });
});

describe('The activity of a user', () => {
  it('is read by its user and by administrators, newest first, page by page', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    const credentials = { identifier: max.email, password: max.password };
    await app.api.post(`/v1/organizations/${organization.slug}/sign-in`, credentials);
    await app.sql(
      `insert into user_activity (org_id, user_id, kind, day, count, last_at)
       select $1, $2, kind, day::date, 1, day from unnest(array['2026-01-30'::timestamptz, '2026-01-31']) day,
              unnest(array['sign_in', 'export']) kind`,
      [organization.id, max.id],
    );

    const own = await app.api.as(max).get('/v1/me/activity');
    const path = ofUser(organization, max.id, 'activity');
    const pages = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await app.api.as(owner).get(`${path}?limit=1${cursor && `&cursor=${cursor}`}`);
      pages.push(...body.items);
      cursor = body.nextCursor as string | null;
    }

    expect(own.body.items.map(({ kind, day, count }: Record<string, unknown>) => [kind, day, count])).toEqual(
      [
        ['sign_in', new Date().toISOString().slice(0, 10), 2],
        ['sign_in', '2026-01-31', 1],
        ['export', '2026-01-31', 1],
        ['sign_in', '2026-01-30', 1],
        ['export', '2026-01-30', 1],
      ],
    );
    expect(pages).toEqual(own.body.items);
  });
});

describe.each(['history', 'activity'])('GET %s', (what) => {
  it('asks for the permission, and for somebody who is there', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });

    expect(await app.api.as(max).get(ofUser(organization, owner.id, what))).toBeProblem('permission_denied');
    expect(await app.api.as(owner).get(ofUser(organization, 'nobody', what))).toBeProblem('not_found');
  });

  it('of one’s own is nothing for a program', async () => {
    const { owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);

    expect(await app.api.as(key).get(`/v1/me/${what}`)).toBeProblem('permission_denied');
  });

  it('takes no cursor of another user’s list', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.sql(
      `insert into user_activity (org_id, user_id, kind, day, count, last_at) values ($1, $2, 'sign_in', '2026-01-01', 1, now())`,
      [organization.id, max.id],
    );
    await app.sql(`update users set full_name = 'Max Meier' where id = $1`, [max.id]);
    const { body } = await app.api.as(owner).get(`${ofUser(organization, max.id, what)}?limit=1`);
    expect(body.nextCursor).not.toBeNull();

    const response = await app.api
      .as(owner)
      .get(`${ofUser(organization, owner.id, what)}?cursor=${body.nextCursor}`);

    expect(response).toBeProblem('invalid_request');
  });
});
