import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import {
  purgeAuditEvents,
  purgeMails,
  purgeSessions,
  purgeVerificationTokens,
} from '../../src/retention/retention.queries.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('what is over', () => {
  let app: TestApp;
  let organization: TestOrganization;
  let max: TestUser;
  beforeAll(async () => {
    app = await startApp({ env: { RETENTION_MAILS_DAYS: '60' } });
    ({ organization } = await app.given.organization());
    max = await app.given.user(organization);
  });
  afterAll(() => app.stop());

  const run = () => app.get(Jobs).run('retention');

  /** A row a name: each is found again by it. */
  async function names(statement: string): Promise<string[]> {
    const rows = await app.sql<{ name: string }>(`${statement} order by 1`, [organization.id]);
    return rows.map(({ name }) => name);
  }

  it('leaves: sessions a month after they have ended, in whatever way', async () => {
    const session = (name: string, expires: string, revoked: string | null) =>
      app.sql(
        `insert into sessions (org_id, user_id, token_hash, amr, user_agent, idle_lifetime_seconds, idle_expires_at, expires_at, revoked_at)
         values ($1, $2, sha256($3::text::bytea), '{pwd}', $3::text, 60, now() - interval '50 days', now() + $4::interval, now() + $5::interval)`,
        [organization.id, max.id, name, expires, revoked],
      );
    await session('expired 31 days ago', '-31 days', null);
    await session('expired 29 days ago', '-29 days', null);
    await session('ended 31 days ago', '1 day', '-31 days');
    await session('ended 29 days ago', '1 day', '-29 days');
    await session('only idle', '1 day', null);

    await run();

    expect(
      await names(`select user_agent as name from sessions where org_id = $1 and user_agent <> 'tests'`),
    ).toEqual(['ended 29 days ago', 'expired 29 days ago', 'only idle']);
  });

  it('leaves: tokens a week after they have expired', async () => {
    const token = (name: string, expires: string) =>
      app.sql(
        `insert into verification_tokens (org_id, user_id, type, token_hash, payload, expires_at)
         values ($1, $2, 'magic_link', sha256($3::text::bytea), jsonb_build_object('name', $3::text), now() + $4::interval)`,
        [organization.id, max.id, name, expires],
      );
    await token('expired 8 days ago', '-8 days');
    await token('expired 6 days ago', '-6 days');
    await token('alive', '1 hour');

    await run();

    expect(
      await names(
        `select payload ->> 'name' as name from verification_tokens where org_id = $1 and payload ? 'name'`,
      ),
    ).toEqual(['alive', 'expired 6 days ago']);
  });

  it('leaves: mails that were sent or given up, as long ago as the setting says', async () => {
    const mail = (state: string, age: string) =>
      app.sql(
        `insert into mails (org_id, to_email, template, state, created_at)
         values ($1, 'max@acme.example', 'welcome', $2, now() - $3::interval)`,
        [organization.id, state, age],
      );
    for (const state of ['queued', 'sending', 'sent', 'failed', 'dead']) {
      await mail(state, '61 days');
      await mail(state, '59 days');
    }

    await run();

    expect(
      await names(
        `select state || ' ' || extract(day from now() - created_at) as name from mails
          where org_id = $1 and template = 'welcome' and created_at < now() - interval '1 day'`,
      ),
    ).toEqual([
      'dead 59',
      'failed 59',
      'failed 61',
      'queued 59',
      'queued 61',
      'sending 59',
      'sending 61',
      'sent 59',
    ]);
  });

  it('leaves: answers to repeated requests after a day, and counters that count nothing any more', async () => {
    const key = (name: string, age: string) =>
      app.sql(
        `insert into idempotency_keys (org_id, actor_id, key_hash, request_hash, created_at)
         values ($1, $2, sha256($3::text::bytea), $3::text::bytea, now() - $4::interval)`,
        [organization.id, max.id, name, age],
      );
    const counter = (name: string, ends: string, blocked: string | null) =>
      app.sql(
        `insert into attempt_counters (org_id, kind, key_hash, attempts, window_ends_at, blocked_until)
         values ($1, $2::text, sha256($2::text::bytea), 9, now() + $3::interval, now() + $4::interval)`,
        [organization.id, name, ends, blocked],
      );
    await key('25 hours', '25 hours');
    await key('23 hours', '23 hours');
    await counter('open', '1 minute', null);
    await counter('over', '-1 minute', null);
    await counter('over, and no block', '-1 minute', '-1 second');
    await counter('over, but blocking', '-1 minute', '1 minute');

    await run();

    expect(
      await names(`select encode(request_hash, 'escape') as name from idempotency_keys where org_id = $1`),
    ).toEqual(['23 hours']);
    expect(await names(`select kind as name from attempt_counters where org_id = $1`)).toEqual([
      'open',
      'over, but blocking',
    ]);
  });

  it('leaves in batches, and waits for nobody', async () => {
    await app.sql(
      `insert into attempt_counters (org_id, kind, key_hash, attempts, window_ends_at)
       select $1, 'many', sha256(n::text::bytea), 1, now() - interval '1 minute' from generate_series(1, 2500) n`,
      [organization.id],
    );
    const holder = new pg.Client({
      connectionString: app.ownerUrl,
      options: '-c search_path=tenantry,public',
    });
    await holder.connect();
    await holder.query('begin');
    await holder.query(
      `select from attempt_counters where kind = 'many' and key_hash = sha256('7') for update`,
    );

    await run();
    const whileHeld = await names(
      `select kind as name from attempt_counters where org_id = $1 and kind = 'many'`,
    );
    await holder.query('rollback');
    await holder.end();
    await run();

    expect(whileHeld).toEqual(['many']);
    expect(
      await names(`select kind as name from attempt_counters where org_id = $1 and kind = 'many'`),
    ).toEqual([]);
  });

  it('is found by an index, whatever stays', async () => {
    await app.sql(
      `with quiet as materialized (select set_config('app.quiet', 'on', true))
       insert into sessions (org_id, user_id, token_hash, amr, idle_lifetime_seconds, idle_expires_at, expires_at)
       select $1, $2, sha256(n::text::bytea), '{pwd}', 60, now(), now() + interval '1 day'
         from quiet, generate_series(1, 20000) n`,
      [organization.id, max.id],
    );
    await app.sql('analyze sessions');

    const read = await app.get(Database).asPlatform('test', async (tx) => {
      const counted = () =>
        tx.queryOne<{ rows: number }>(
          `select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::integer as rows
             from pg_stat_xact_user_tables where relname = 'sessions'`,
        );
      const before = await counted();
      await purgeSessions(tx, 30, 1_000);
      return (await counted())!.rows - before!.rows;
    });

    expect(read).toBeLessThan(10);
  });

  it.each([
    ['audit events of this month', purgeAuditEvents, 29, 1_000],
    ['sessions of today', purgeSessions, 0, 1_000],
    ['tokens of today', purgeVerificationTokens, 0, 1_000],
    ['mails of tomorrow', purgeMails, -1, 1_000],
    ['more than a little at once', purgeSessions, 400, 1_001],
    ['nothing', purgeMails, 400, 0],
  ])('is no way to delete %s', async (_, purge, days, batch) => {
    const attempt = app.get(Database).asPlatform('test', (tx) => purge(tx, days, batch));

    await expect(attempt).rejects.toThrow(/keep at least/);
  });

  it('is deleted by platform work only', async () => {
    for (const purge of [purgeAuditEvents, purgeSessions, purgeVerificationTokens, purgeMails]) {
      const attempt = app.get(Database).forOrganization(organization.id, (tx) => purge(tx, 400, 1_000));

      await expect(attempt).rejects.toThrow(/only platform work/);
    }
  });
});
