import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type AuditEventFilter, listAuditEvents } from '../../src/audit/audit.queries.js';
import { Database } from '../../src/platform/database/database.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('audit events', () => {
  let app: TestApp;
  let organization: TestOrganization;
  let owner: TestUser;
  beforeAll(async () => {
    app = await startApp();
    ({ organization, owner } = await app.given.organization());
  });
  afterAll(() => app.stop());

  const run = () => app.get(Jobs).run('retention');

  const partitions = async () =>
    (
      await app.sql<{ name: string }>(
        `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = 'audit_events'::regclass and c.relname <> 'audit_events_default' order by 1`,
      )
    ).map(({ name }) => name);

  /** Of the month that is so many months away. */
  async function partitionOf(months: number): Promise<string> {
    const [row] = await app.sql<{ name: string }>(
      `select to_char(date_trunc('month', now() at time zone 'UTC') + make_interval(months => $1), '"audit_events_"YYYY_MM') as name`,
      [months],
    );
    return row!.name;
  }

  async function makePartition(months: number): Promise<string> {
    await app.sql(
      `select make_audit_partition((date_trunc('month', now() at time zone 'UTC') + make_interval(months => $1))::date)`,
      [months],
    );
    return partitionOf(months);
  }

  /** In the middle of a month. */
  const record = (action: string, months: number) =>
    app.sql(
      `insert into audit_events (org_id, outcome, actor_type, action, created_at)
       values ($1, 'done', 'system', $2,
               (date_trunc('month', now() at time zone 'UTC') + make_interval(months => $3, days => 14)) at time zone 'UTC')`,
      [organization.id, action, months],
    );

  const placeOf = async (action: string) =>
    (
      await app.sql<{ place: string }>(
        `select tableoid::regclass::text as place from audit_events where org_id = $1 and action = $2`,
        [organization.id, action],
      )
    ).map(({ place }) => place);

  it('lie in the partition of their month, and there is one for the next three', async () => {
    await app.api.as(owner).post(`/v1/organizations/${organization.slug}/teams`, { name: 'writers' });

    expect(await placeOf('team.created')).toEqual([await partitionOf(0)]);
    expect(await partitions()).toEqual(await Promise.all([0, 1, 2, 3].map(partitionOf)));
  });

  it('get the partitions that are missing, closed like the others', async () => {
    const missing = await partitionOf(3);
    await app.sql(`drop table ${missing}`);

    await run();

    const [table] = await app.sql(
      `select relrowsecurity and relforcerowsecurity as is_secured,
              array(select polname::text from pg_policy where polrelid = c.oid order by 1) as policies,
              (select count(*)::integer from pg_index where indrelid = c.oid) as indexes,
              (select count(*)::integer from pg_constraint where conrelid = c.oid and contype = 'f') as foreign_keys,
              (select count(*)::integer from aclexplode(c.relacl) a where a.grantee <> c.relowner) as grants
         from pg_class c where relname = $1`,
      [missing],
    );
    expect(await partitions()).toContain(missing);
    expect(table).toEqual({
      is_secured: true,
      policies: ['organization', 'owner'],
      indexes: 5,
      foreign_keys: 1,
      grants: 0,
    });
    await record('next.done', 3);
    expect(await placeOf('next.done')).toEqual([missing]);
  });

  it('stay where they are when they came before their partition, and are read all the same', async () => {
    const missing = await partitionOf(2);
    await app.sql(`drop table ${missing}`);
    await record('early.done', 2);

    await run();

    expect(await partitions()).not.toContain(missing);
    expect(await placeOf('early.done')).toEqual(['audit_events_default']);
    const listed = await app.api
      .as(owner)
      .get(`/v1/organizations/${organization.slug}/audit-events?action=early.done`);
    expect(listed.body.items).toHaveLength(1);
    await app.sql('delete from audit_events_default');
    await run();
    expect(await partitions()).toContain(missing);
  });

  it('leave when they are older than 400 days, by whole months, and one by one where there is no month', async () => {
    const expired = await makePartition(-16);
    const kept = await makePartition(-12);
    await record('old.month', -16);
    await record('kept.month', -12);
    await record('old.alone', -20);
    await record('kept.alone', -6);

    await run();

    expect(await partitions()).toContain(kept);
    expect(await partitions()).not.toContain(expired);
    expect(await placeOf('old.month')).toEqual([]);
    expect(await placeOf('old.alone')).toEqual([]);
    expect(await placeOf('kept.month')).toEqual([kept]);
    expect(await placeOf('kept.alone')).toEqual(['audit_events_default']);
  });

  it('leave next time, where somebody is at them: nobody waits, and nothing else is held', async () => {
    const expired = await makePartition(-16);
    const reader = new pg.Client({
      connectionString: app.ownerUrl,
      options: '-c search_path=tenantry,public',
    });
    await reader.connect();
    await reader.query('begin');
    await reader.query('select count(*) from audit_events');

    await run();
    const whileRead = await partitions();
    await reader.query('rollback');
    await reader.query('begin');
    await reader.query(`drop table ${expired}`);
    const { rows: locks } = await reader.query(
      `select mode from pg_locks where pid = pg_backend_pid() and relation = 'organizations'::regclass`,
    );
    await reader.query('rollback');
    await reader.end();
    await run();

    expect(whileRead).toContain(expired);
    // Every request reads organizations.
    expect(locks.map(({ mode }) => mode as string)).not.toContain('AccessExclusiveLock');
    expect(await partitions()).not.toContain(expired);
  });

  it('are read from the months that are asked for', async () => {
    for (const months of [-3, -2, -1]) {
      await makePartition(months);
      await record('read.done', months);
    }
    const month = async (months: number) => {
      const [row] = await app.sql<{ seconds: number; text: string }>(
        `select extract(epoch from m)::double precision as seconds, m::text as text
           from (select (date_trunc('month', now() at time zone 'UTC') + make_interval(months => $1)) at time zone 'UTC') _ (m)`,
        [months],
      );
      return row!;
    };
    const everything: AuditEventFilter = {
      actorId: null,
      action: null,
      actionPrefix: null,
      targetId: null,
      outcome: null,
      from: null,
      to: null,
      before: null,
      limit: 50,
    };
    const readBy = (filter: Partial<AuditEventFilter>) =>
      app.get(Database).forOrganization(organization.id, async (tx) => {
        const scans = async () =>
          new Map(
            (
              await tx.query<{ name: string; scans: number }>(
                `select relname as name, (seq_scan + coalesce(idx_scan, 0))::integer as scans
                   from pg_stat_xact_user_tables where relname like 'audit_events_2%'`,
              )
            ).map(({ name, scans }) => [name, scans]),
          );
        const before = await scans();
        await listAuditEvents(tx, { ...everything, ...filter });
        return [...(await scans())]
          .filter(([name, count]) => count > before.get(name)!)
          .map(([name]) => name)
          .toSorted();
      });

    const between = await readBy({ from: (await month(-2)).seconds, to: (await month(-1)).seconds });
    const since = await readBy({ from: (await month(0)).seconds });
    const behind = await readBy({
      before: { position: (await month(-2)).text, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
    });

    expect(between).toEqual([await partitionOf(-2)]);
    expect(since).toEqual(await Promise.all([0, 1, 2, 3].map(partitionOf)));
    expect(behind).toEqual([await partitionOf(-12), await partitionOf(-3), await partitionOf(-2)]);
  });

  it('are read in pages across months', async () => {
    await app.given.forgetAudit(organization);
    const path = `/v1/organizations/${organization.slug}/audit-events?action=page.done&limit=2`;
    for (const months of [-3, -2, -2, -1, 0]) await record('page.done', months);

    const met: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await app.api.as(owner).get(path + (cursor && `&cursor=${cursor}`));
      met.push(...page.body.items.map(({ occurredAt }: { occurredAt: string }) => occurredAt));
      cursor = page.body.nextCursor as string | null;
    }

    expect(met).toHaveLength(5);
    expect(met).toEqual(met.toSorted().toReversed());
  });
});
