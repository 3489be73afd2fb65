import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { statementsOf } from '../access-control/statements.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = (organization: { slug: string }, query = '') =>
  `/v1/organizations/${organization.slug}/audit-events${query}`;

/** An organization in which some things happened. */
async function eventful() {
  const { organization, owner } = await app.given.organization();
  const locked = await app.given.user(organization, { roles: ['member'] });
  const users = `/v1/organizations/${organization.slug}/users`;
  await app.api.as(owner).put(`${users}/${locked.id}/lock`);
  await app.api.as(owner).delete(`${users}/${locked.id}/lock`);
  const max = { ...locked, token: await app.given.session(locked) };
  await app.api.as(max).get(users);
  await app.api.as(owner).post(`/v1/organizations/${organization.slug}/roles`, {
    name: 'editor',
    permissions: ['articles:write'],
  });
  return { organization, owner, max };
}

async function actionsOf(actor: TestUser, organization: TestOrganization, query = ''): Promise<string[]> {
  const response = await app.api.as(actor).get(pathOf(organization, query));
  expect(response.status).toBe(200);
  return response.body.items.map(({ action }: { action: string }) => action);
}

describe('audit events', () => {
  it('tell newest first who did what to whom, from where', async () => {
    const { organization, owner, max } = await eventful();

    const response = await app.api.as(owner).get(pathOf(organization, '?limit=4'));

    const [role, refused, unlocked, locked] = response.body.items;
    expect([role.action, unlocked.action, locked.action]).toEqual([
      'role.created',
      'user.unlocked',
      'user.locked',
    ]);
    expect(locked).toEqual({
      id: expect.any(String),
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      outcome: 'done',
      actor: { type: 'user', id: owner.id, applicationId: null },
      action: 'user.locked',
      target: { type: 'user', id: max.id },
      change: expect.any(Object),
      ip: '127.0.0.1',
      userAgent: null,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(refused).toMatchObject({
      outcome: 'refused',
      actor: { type: 'user', id: max.id },
      action: 'access.refused',
      target: null,
      change: { permission: 'users:read' },
    });
  });

  it('are found by actor, action, target, outcome and time', async () => {
    const { organization, owner, max } = await eventful();
    const find = (query: string) => actionsOf(owner, organization, query);

    expect(await find(`?actor=${max.id}`)).toEqual(['access.refused']);
    expect(await find(`?actor=${max.id.toUpperCase()}`)).toEqual(['access.refused']);
    expect(await find('?action=user.locked')).toEqual(['user.locked']);
    expect(await find(`?action=user.*&target=${max.id}`)).toEqual(['user.unlocked', 'user.locked']);
    expect(await find('?action=us.*')).toEqual([]);
    expect(await find('?outcome=refused')).toEqual(['access.refused']);
    expect(await find(`?outcome=done&actor=${max.id}`)).toEqual([]);
    const all = (await app.api.as(owner).get(pathOf(organization))).body.items;
    const { created_at: exact } = (
      await app.sql(`select created_at::text from tenantry.audit_events where id = $1`, [all[1].id])
    )[0];
    const moment = new Date(exact as string).toISOString();
    const later = new Date(Date.parse(moment) + 1).toISOString();
    const recent = await find(`?from=${moment}`);
    expect(recent.slice(0, 2)).toEqual(['role.created', 'access.refused']);
    expect(await find(`?from=${moment}&to=${later}&outcome=refused`)).toEqual(['access.refused']);
    expect(await find(`?to=${moment}&action=role.created`)).toEqual([]);
    expect(await find('?from=1900-01-01T00:00:00Z&to=2000-01-01T00:00:00%2B01:00')).toEqual([]);
  });

  it('come in pages that lose and repeat nothing, each with one statement’s cost', async () => {
    const { organization, owner } = await eventful();
    await app.sql(
      `insert into tenantry.audit_events (org_id, created_at, outcome, actor_type, action)
       select $1, now(), 'done', 'system', 'test.happened' from generate_series(1, 40)`,
      [organization.id],
    );
    const ids: string[] = [];
    let cursor = '';

    for (let page = 0; page < 5; page += 1) {
      const { body } = await app.api
        .as(owner)
        .get(pathOf(organization, `?action=test.*&limit=9${cursor && `&cursor=${cursor}`}`));
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    }

    expect(cursor).toBeNull();
    expect(new Set(ids).size).toBe(40);
    expect(ids).toHaveLength(40);
    const ofOne = await statementsOf(() => actionsOf(owner, organization, '?limit=1'));
    const ofMany = await statementsOf(() => actionsOf(owner, organization, '?limit=200'));
    expect(ofMany).toBe(ofOne);
  });

  it.each([
    ['actor=max', '/query/actor'],
    ['action=*', '/query/action'],
    ['action=user', null],
    ["action=user.'%25", '/query/action'],
    ['action=user.locked&action=user.unlocked', '/query/action'],
    ['outcome=maybe', '/query/outcome'],
    ['from=yesterday', '/query/from'],
    ['from=2027-01-31T00:00:00', '/query/from'],
    ['from=2027-01-31T00:00:00%2B99:99', '/query/from'],
    ['to=2027-02-30T00:00:00Z', '/query/to'],
    ['limit=201', '/query/limit'],
    ['before=now', '/query/before'],
    ['cursor=nonsense', '/query/cursor'],
  ])('answer ?%s', async (query, pointer) => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).get(pathOf(organization, `?${query}`));

    if (pointer === null) expect(response.status).toBe(200);
    else expect(response).toBeProblem('invalid_request', { pointer });
  });

  it('take a cursor only with the filters and the organization that it came with', async () => {
    const { organization, owner } = await eventful();
    const globex = await eventful();
    const { body } = await app.api.as(owner).get(pathOf(organization, '?limit=1&action=user.*'));
    const foreign = await app.api.as(globex.owner).get(pathOf(globex.organization, '?limit=1'));
    const flipped = `${body.nextCursor.slice(0, -1)}${body.nextCursor.endsWith('A') ? 'B' : 'A'}`;

    for (const query of [
      `?cursor=${body.nextCursor}`,
      `?action=user.locked&cursor=${body.nextCursor}`,
      `?action=user.*&cursor=${flipped}`,
      `?cursor=${foreign.body.nextCursor}`,
    ])
      expect(await app.api.as(owner).get(pathOf(organization, query))).toBeProblem('invalid_request');
    expect(await actionsOf(owner, organization, `?limit=1&action=user.*&cursor=${body.nextCursor}`)).toEqual([
      'user.locked',
    ]);
  });

  it('are for who may read them, in their own organization', async () => {
    const { organization, owner, max } = await eventful();
    const globex = await app.given.organization({ name: 'Globex' });
    const auditor = await app.given.user(organization, { permissions: ['audit:read'] });

    expect(await app.api.as(max).get(pathOf(organization))).toBeProblem('permission_denied');
    expect(await app.api.as(globex.owner).get(pathOf(organization))).toBeProblem('not_found');
    expect(await app.api.as(await app.given.operator()).get(pathOf(organization))).toBeProblem('not_found');
    expect(await app.api.get(pathOf(organization))).toBeProblem('unauthenticated');
    expect((await app.api.as(auditor).get(pathOf(organization))).status).toBe(200);
    const foreign = await actionsOf(globex.owner, globex.organization, `?actor=${owner.id}`);
    expect(foreign).toEqual([]);
  });
});

describe('the record', () => {
  it('cannot be changed by the role that serves requests', async () => {
    const { organization } = await eventful();
    const before = await app.given.auditEventsOf(organization);
    const client = new pg.Client({ connectionString: app.serverUrl, options: '-c search_path=tenantry' });
    await client.connect();

    try {
      await client.query(`select set_config('app.org_id', $1, false)`, [organization.id]);
      const { rows } = await client.query('select count(*)::integer as count from audit_events');
      expect(rows[0].count).toBeGreaterThan(0);
      for (const statement of [
        `update audit_events set action = 'nothing.happened'`,
        'delete from audit_events',
        'truncate audit_events',
        'select 1 from audit_events for update',
        'alter table audit_events disable row level security',
        'drop table audit_events',
        `select erase_organization('${organization.id}', 100)`,
      ])
        await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }

    expect(await app.given.auditEventsOf(organization)).toEqual(before);
  });

  it('has no event of a change that could not be committed', async () => {
    const { organization, owner } = await app.given.organization();
    await app.sql(`
      create function tenantry.fail() returns trigger language plpgsql as $$ begin raise 'planted'; end $$;
      create constraint trigger fail_at_commit after insert on tenantry.roles
        deferrable initially deferred for each row when (new.name = 'doomed') execute function tenantry.fail()`);
    const before = await app.given.snapshot(organization);

    const response = await app.api
      .as(owner)
      .post(`/v1/organizations/${organization.slug}/roles`, { name: 'doomed', permissions: [] });

    expect(response).toBeProblem('internal_error');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('comes with every change, or the change does not come', async () => {
    const { organization, owner } = await app.given.organization();
    await app.sql(`
      create function tenantry.refuse() returns trigger language plpgsql as $$ begin raise 'planted'; end $$;
      create trigger refuse before insert on tenantry.audit_events
        for each row when (new.change->>'name' = 'unseen') execute function tenantry.refuse()`);
    const before = await app.given.snapshot(organization);

    const response = await app.api
      .as(owner)
      .post(`/v1/organizations/${organization.slug}/roles`, { name: 'unseen', permissions: [] });

    expect(response).toBeProblem('internal_error');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});
