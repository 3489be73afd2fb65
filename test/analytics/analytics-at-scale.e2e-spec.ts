import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  countActiveSessions,
  countByDay,
  countByLastSignIn,
  countByRole,
  countByStatus,
  readIndexes,
} from '../../src/analytics/analytics.queries.js';
import { Database } from '../../src/platform/database/database.js';
import type { Transaction } from '../../src/platform/database/transaction.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

const users = 100_000;

/** What PostgreSQL counted, summed over the tables that a statement read. */
interface Work {
  sequentialScans: number;
  /** Rows read from tables; what an index answered by itself is not among them. */
  rowsFetched: number;
}

describe('the analytics of 100,000 users', () => {
  let app: TestApp;
  let organization: TestOrganization;
  beforeAll(async () => {
    app = await startApp();
    ({ organization } = await app.given.organization());
    const { organization: other } = await app.given.organization({ name: 'Globex' });
    const quietly = `with quiet as materialized (select set_config('app.quiet', 'on', true))`;
    await app.sql(
      `${quietly}
       insert into users (org_id, email, full_name, password_hash, metadata, status, created_at, last_login_at)
       select case when n % 10 = 0 then $2::uuid else $1::uuid end, 'user' || n || '@acme.example', 'Somebody ' || n, repeat('x', 120),
              '{"department": "sales", "phone": "1234567890"}',
              case when n % 50 = 0 then 'locked' else 'active' end, now() - make_interval(mins => n),
              case when n % 2 = 0 then now() - make_interval(mins => n) end
         from quiet, generate_series(1, ${Math.round((users * 10) / 9)}) n`,
      [organization.id, other.id],
    );
    await app.sql(
      `${quietly}
       insert into user_roles (org_id, user_id, role_id)
       select u.org_id, u.id, r.id from quiet, users u join roles r on r.org_id = u.org_id and r.name = 'member'`,
    );
    await app.sql(
      `${quietly}
       insert into sessions (org_id, user_id, token_hash, amr, created_at, idle_lifetime_seconds, idle_expires_at, expires_at)
       select u.org_id, u.id, sha256(u.id::text::bytea), '{pwd}', u.created_at, 3600,
              u.created_at + interval '1 day', u.created_at + interval '1 day'
         from quiet, users u where u.created_at > now() - interval '10 days'`,
    );
    // Rows are settled, and an index may answer for them, once their commits are on the disk.
    const superuser = new pg.Client({ connectionString: app.database.superuserUrl });
    await superuser.connect();
    await superuser.query('checkpoint');
    await superuser.end();
    const tables = 'users, user_roles, sessions, daily_counts, daily_count_entries';
    await app.sql(`vacuum ${tables}`);
    await app.sql(`analyze ${tables}`);
  }, 180_000);
  afterAll(() => app.stop());

  it.each([
    ['status', countByStatus],
    ['last sign-in', countByLastSignIn],
    ['role', (tx: Transaction) => countByRole(tx, 100)],
  ] as [string, (tx: Transaction) => Promise<unknown>][])(
    'by %s come from an index alone',
    async (_, count) => {
      const work = await measure(count);

      expect(work.sequentialScans).toBe(0);
      expect(work.rowsFetched).toBeLessThan(100);
    },
  );

  it('of each day come from as many numbers as there are days', async () => {
    await app.sql(`insert into daily_counts (org_id, day, kind, count)
                   select org_id, day, kind, sum(count) from daily_count_entries group by 1, 2, 3
                   on conflict (org_id, day, kind) do update set count = daily_counts.count + excluded.count`);
    await app.sql('delete from daily_count_entries');
    await app.sql('vacuum analyze daily_counts, daily_count_entries');
    const to = new Date().toISOString().slice(0, 10);

    const work = await measure((tx) => countByDay(tx, { from: to, to }));

    expect(work.rowsFetched).toBeLessThanOrEqual(2);
  });

  it('of sessions read those that are alive, not those that have been', async () => {
    const [{ alive }] = (await app.sql(
      `select count(*)::integer as alive from sessions where org_id = $1 and expires_at > now()`,
      [organization.id],
    )) as [{ alive: number }];

    const work = await measure(countActiveSessions);

    expect(alive).toBeGreaterThan(1_000);
    expect(work.sequentialScans).toBe(0);
    expect(work.rowsFetched).toBeLessThanOrEqual(alive + 10);
  });

  /** As the server does it: by its role, under row-level security. */
  function measure(count: (tx: Transaction) => Promise<unknown>): Promise<Work> {
    return app.get(Database).forOrganization(organization.id, async (tx) => {
      await readIndexes(tx);
      const before = await counted(tx);
      await count(tx);
      const after = await counted(tx);
      return {
        sequentialScans: after.sequentialScans - before.sequentialScans,
        rowsFetched: after.rowsFetched - before.rowsFetched,
      };
    });
  }

  /** What was not passed on yet from transactions before is in it too. */
  async function counted(tx: Transaction): Promise<Work> {
    const work = await tx.queryOne<Work>(
      `select coalesce(sum(seq_scan), 0)::integer as "sequentialScans",
              coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::integer as "rowsFetched"
         from pg_stat_xact_user_tables where schemaname = 'tenantry'`,
    );
    return work!;
  }
});
