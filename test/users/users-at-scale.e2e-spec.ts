import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const users = 100_000;
const pageSize = 51;
/** How far a search walks along the order of the page before it asks the index of texts; what it meets, it reads again. */
const walk = 2_000;

interface Search {
  sort?: string;
  descending?: boolean;
  /** Goes on behind that share of the list. */
  from?: number;
  contains?: string;
  status?: string;
  role?: string;
}

/** What PostgreSQL counted, which says more than a plan: it is the work of the function itself, as the server's role. */
interface Work {
  found: number;
  sequentialScans: number;
  rowsRead: number;
  grantsRead: number;
  indexes: string[];
}

describe('among 100,000 users', () => {
  let app: TestApp;
  let organization: TestOrganization;
  let owner: TestUser;
  beforeAll(async () => {
    app = await startApp();
    ({ organization, owner } = await app.given.organization());
    await app.sql(
      `insert into users (org_id, email, username, full_name, status, created_at, last_login_at)
       select $1, 'user' || n || '@' || (array['mail', 'post', 'corp', 'home'])[1 + n % 4] || '.example',
              case when n % 3 = 0 then 'name' || n end,
              (array['Anna', 'Bert', 'Carl', 'Dora', 'Emil'])[1 + n * 7 % 5] || ' ' || initcap(substr(md5((n % 5000)::text), 1, 8)),
              case when n % 1000 = 0 then 'locked' else 'active' end,
              now() - make_interval(mins => n / 3), case when n % 2 = 0 then now() - make_interval(secs => n) end
         from generate_series(1, ${users}) n, (select set_config('app.quiet', 'on', true)) without_mails`,
      [organization.id],
    );
    await app.sql(
      `insert into user_roles (org_id, user_id, role_id)
       select u.org_id, u.id, r.id from users u join roles r on r.org_id = u.org_id
        where u.org_id = $1 and (r.name = 'member' or r.name = 'admin' and u.email like 'user%777@%')`,
      [organization.id],
    );
    await app.sql('analyze users, user_roles, roles');
  }, 120_000);
  afterAll(() => app.stop());

  describe.each(['createdAt', 'email', 'username', 'fullName', 'lastLoginAt'])('a page by %s', (sort) => {
    it.each([
      ['first', false, 0],
      ['first, descending,', true, 0],
      ['deep', false, 0.7],
      ['deep, descending,', true, 0.7],
    ])('the %s one reads its own rows by one index', async (_, descending, from) => {
      const work = await measure({ sort, descending, from });

      expect(work).toMatchObject({ found: pageSize, sequentialScans: 0 });
      expect(work.rowsRead).toBeLessThanOrEqual(pageSize);
      expect(work.indexes).toHaveLength(1);
    });
  });

  it.each([
    ['a rare text', { contains: 'user77777@' }, 1],
    ['a rare text by another order', { contains: 'user77777@', sort: 'fullName' }, 1],
    ['part of a word', { contains: '7777@', sort: 'email' }, 10],
    ['a text that nobody has', { contains: 'nothing like this' }, 0],
    ['three letters that nobody has', { contains: 'qqq', sort: 'fullName' }, 0],
    ['two letters that begin nothing', { contains: 'zz' }, 0],
    ['one letter that begins nothing', { contains: 'q', sort: 'lastLoginAt' }, 0],
  ] as [string, Search, number][])('a search for %s uses the index of texts', async (_, search, found) => {
    const work = await measure(search);

    expect(work).toMatchObject({ found, sequentialScans: 0 });
    expect(work.rowsRead).toBeLessThanOrEqual(walk + 200);
    expect(work.indexes).toContain('users_by_search_text');
  });

  it.each([
    ['what everybody has', { contains: 'example' }],
    ['what every fourth has, deep in the list', { contains: '@corp', from: 0.5 }],
    ['one letter', { contains: 'u', sort: 'email' }],
    ['a role that everybody has', { role: 'member' }],
    ['a role and a text that many have', { role: 'member', contains: '@mail', sort: 'fullName' }],
  ] as [string, Search][])('a search for %s meets it along the way', async (_, search) => {
    const work = await measure(search);

    expect(work).toMatchObject({ found: pageSize, sequentialScans: 0 });
    expect(work.rowsRead).toBeLessThanOrEqual(2 * walk);
    expect(work.indexes).not.toContain('users_by_search_text');
  });

  it.each([
    ['a rare role', { role: 'admin', sort: 'email' }, 51],
    ['a rare role and a text', { role: 'admin', contains: 'user77777@' }, 1],
    ['a role that does not exist', { role: 'nobody' }, 0],
    ['a rare status', { status: 'locked' }, 51],
    ['a rare status by another order', { status: 'locked', sort: 'email' }, 51],
    ['a status that nobody has', { status: 'deactivated', sort: 'fullName' }, 0],
    ['signs alone', { contains: '%%%' }, 0],
  ] as [string, Search, number][])('a search for %s reads little', async (_, search, found) => {
    const work = await measure(search);

    expect(work).toMatchObject({ found, sequentialScans: 0 });
    expect(work.rowsRead).toBeLessThanOrEqual(walk + 300);
    expect(work.grantsRead).toBeLessThanOrEqual(walk + 300);
  });

  it('what is common, but far from the page, costs no more than itself', async () => {
    const work = await measure({ contains: 'emil', sort: 'fullName' });

    expect(work).toMatchObject({ found: pageSize, sequentialScans: 0 });
    expect(work.rowsRead).toBeLessThanOrEqual(walk + users / 5);
  });

  it('every one is met once on the way through all pages', async () => {
    const path = `/v1/organizations/${organization.slug}/users?q=1999&sort=fullName&limit=7`;
    const met: string[] = [];

    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await app.api.as(owner).get(path + (cursor && `&cursor=${cursor}`));
      met.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor as string | null;
    }

    const [expected] = await app.sql<{ count: number }>(
      `select count(*)::int from users where org_id = $1 and search_text like '%1999%'`,
      [organization.id],
    );
    expect(met).toHaveLength(expected!.count);
    expect(new Set(met).size).toBe(met.length);
  });

  async function measure(search: Search): Promise<Work> {
    const { sort = 'createdAt', descending = false } = search;
    const [after] = search.from === undefined ? [] : await positionAt(sort, descending, search.from);
    const client = new pg.Client({
      connectionString: app.serverUrl,
      options: '-c search_path=tenantry,public -c timezone=UTC',
    });
    await client.connect();
    try {
      const scansBefore = await indexScans(client);
      await client.query('begin');
      await client.query(`select set_config('app.org_id', $1, true), pg_stat_force_next_flush()`, [
        organization.id,
      ]);
      const found = await client.query('select * from search_users($1, $2, $3, $4, $5, $6, $7, $8)', [
        sort,
        descending,
        after?.value ?? null,
        after?.id ?? null,
        search.contains ?? null,
        search.status ?? null,
        search.role ?? null,
        pageSize,
      ]);
      const { rows } = await client.query<{ relname: string; seq: string; read: string }>(
        `select relname, seq_scan as seq, seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables
          where relname in ('users', 'user_roles')`,
      );
      await client.query('commit');
      const scansAfter = await indexScans(client);
      const of = (table: string) => rows.find(({ relname }) => relname === table)!;
      return {
        found: found.rowCount!,
        sequentialScans: Number(of('users').seq) + Number(of('user_roles').seq),
        rowsRead: Number(of('users').read),
        grantsRead: Number(of('user_roles').read),
        indexes: [...scansAfter]
          .filter(([name, scans]) => scans > scansBefore.get(name)!)
          .map(([name]) => name),
      };
    } finally {
      await client.end();
    }
  }

  async function indexScans(client: pg.Client): Promise<Map<string, number>> {
    const { rows } = await client.query<{ name: string; scans: string }>(
      `select indexrelname as name, idx_scan as scans from pg_stat_user_indexes where relname = 'users'`,
    );
    return new Map(rows.map(({ name, scans }) => [name, Number(scans)]));
  }

  function positionAt(sort: string, descending: boolean, share: number) {
    const keys: Record<string, string> = {
      createdAt: 'created_at',
      lastLoginAt: `coalesce(last_login_at, '-infinity')`,
      email: `coalesce(email, '')`,
      username: `coalesce(username, '')`,
      fullName: `lower(coalesce(full_name, ''))`,
    };
    const order = descending ? 'desc' : 'asc';
    return app.sql<{ value: string; id: string }>(
      `select (${keys[sort]})::text as value, id from users where org_id = $1
        order by ${keys[sort]} ${order}, id ${order} offset ${Math.round(users * share)} limit 1`,
      [organization.id],
    );
  }
});
