import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrator.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

/** Tables of the whole deployment. Another one needs a reason here, and a policy of its own. */
const tablesOfTheDeployment = ['media_deletions', 'migrations', 'organizations', 'server_privileges'];

/** Run as the owner, past row-level security. Each is a door: read it before adding it here. */
const ownersFunctions = [
  'announce_media_object',
  'count_waiting_mails',
  'erase_organization',
  'fetch_upstream_picture',
  'find_principals',
  'finish_media_deletions',
  'fold_daily_counts',
  'keep_media_object',
  'list_token_revocations',
  'organizations_of_email',
  'organizations_with_due_email_domains',
  'organizations_with_due_signing_keys',
  'organizations_with_old_account_seals',
  'organizations_with_old_provider_seals',
  'prepare_audit_partitions',
  'publish_token_revocations',
  'purge_attempt_counters',
  'purge_audit_events',
  'purge_idempotency_keys',
  'purge_logout_deliveries',
  'purge_mails',
  'purge_oidc_artifacts',
  'purge_oidc_grants',
  'purge_provider_attempts',
  'purge_provider_sign_ins',
  'purge_sessions',
  'purge_sign_in_flows',
  'purge_token_revocations',
  'purge_verification_tokens',
  'read_issuer_keys',
  'read_policies',
  'record_use',
  'search_users',
  'take_media_deletions',
  'unpublish_token_revocations',
  'wake_due_logout_deliveries',
  'wake_due_mails',
  'wake_logout_delivery',
  'wake_mail',
];

const acme = '0199c1f2-0000-7000-8000-00000000ac3e';
const globex = '0199c1f2-0000-7000-8000-00000000910b';

interface TableRow {
  name: string;
  has_org_id: boolean;
  is_partition: boolean;
  is_secured: boolean;
  is_forced: boolean;
}

interface KeyRow {
  table_name: string;
  name: string;
  columns: string[];
  referenced: string | null;
  referenced_columns: string[] | null;
}

let database: TestDatabase;
let owner: pg.Client;
let server: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const { serverUrl } = await migrate({ databaseUrl: database.ownerUrl });
  owner = await connect(database.ownerUrl);
  server = await connect(serverUrl);
  for (const [id, slug] of [
    [acme, 'acme'],
    [globex, 'globex'],
  ] as const) {
    await owner.query('insert into organizations (id, slug, name) values ($1, $2, $2)', [id, slug]);
    await owner.query('insert into users (org_id, username) values ($1, $2)', [id, `somebody`]);
    await owner.query('insert into roles (org_id, name) values ($1, $2)', [id, 'editor']);
    await owner.query(
      `insert into audit_events (org_id, outcome, actor_type, action) values ($1, 'done', 'system', 'x.done')`,
      [id],
    );
  }
});
afterAll(async () => {
  await server.end();
  await owner.end();
  await database.drop();
});

describe("The server's role, by direct SQL", () => {
  it('sees no row of any organization before it has entered one', async () => {
    for (const { name } of await readableTables()) {
      const { rows } = await server.query<{ count: number }>(`select count(*)::int from ${name}`);

      expect({ [name]: rows[0]!.count }).toEqual({ [name]: 0 });
    }
    expect((await server.query('select * from organizations')).rows).toEqual([]);
    expect((await server.query('select * from user_grants')).rows).toEqual([]);
  });

  it('sees in an organization that one only', async () => {
    await within(acme, async () => {
      for (const { name } of await readableTables()) {
        const { rows } = await server.query(`select 1 from ${name} where org_id <> $1`, [acme]);

        expect({ [name]: rows }).toEqual({ [name]: [] });
      }
      const { rows } = await server.query('select org_id from users');
      expect(rows).toEqual([{ org_id: acme }]);
      expect((await server.query('select id from organizations')).rows).toEqual([{ id: acme }]);
    });
  });

  it('inserts no row for another organization', async () => {
    const inserts = [
      [`insert into users (org_id, username) values ($1, 'intruder')`],
      [`insert into roles (org_id, name) values ($1, 'intruder')`],
      [`insert into policies (org_id, kind, document) values ($1, 'registration', '{}')`],
      [`insert into audit_events (org_id, outcome, actor_type, action) values ($1, 'done', 'system', 'x')`],
      [`insert into organizations (id, slug, name) values ($1, 'intruder', 'Intruder')`],
    ] as const;
    for (const [statement] of inserts) {
      await within(acme, async () => {
        await expect(server.query(statement, [globex])).rejects.toThrow(/row-level security/);
      });
    }
  });

  it('changes and deletes no row of another organization', async () => {
    const tables = await tenantTables();
    const before = await fingerprint(globex);
    for (const { name } of tables) {
      for (const statement of [
        `delete from ${name} where org_id = $1`,
        `update ${name} set org_id = org_id where org_id = $1`,
      ]) {
        await within(acme, async () => {
          // Some tables it may not change at all.
          const touched = await server.query(statement, [globex]).then(
            ({ rowCount }) => rowCount,
            (error: Error) => error.message,
          );

          expect({ [statement]: touched }).toEqual({
            [statement]: touched === 0 ? 0 : `permission denied for table ${name}`,
          });
        });
      }
    }
    expect(await fingerprint(globex)).toEqual(before);
  });

  it('gives no row of its own away', async () => {
    await within(acme, async () => {
      await expect(server.query('update users set org_id = $1', [globex])).rejects.toThrow(
        /row-level security/,
      );
    });
    await within(acme, async () => {
      await expect(server.query('update organizations set id = $1', [globex])).rejects.toThrow(
        /row-level|duplicate|foreign/,
      );
    });
  });

  it('joins no row to one of another organization', async () => {
    const { rows } = await owner.query<{ id: string }>('select id from roles where org_id = $1', [globex]);
    await within(acme, async () => {
      const grant = server.query(
        'insert into user_roles (org_id, user_id, role_id) select org_id, id, $1 from users',
        [rows[0]!.id],
      );

      await expect(grant).rejects.toThrow(/foreign key/);
    });
  });

  it('cannot change or remove what happened', async () => {
    for (const statement of [
      `update audit_events set action = 'nothing'`,
      'delete from audit_events',
      'truncate audit_events',
    ]) {
      await within(acme, async () => {
        await expect(server.query(statement)).rejects.toThrow(/permission denied/);
      });
    }
  });

  it('reaches the months of audit events through the whole only', async () => {
    const { rows } = await owner.query<{ name: string; is_open: boolean }>(
      `select c.relname as name,
              has_table_privilege($1::name, c.oid, 'select, insert, update, delete, truncate, references, trigger') as is_open
         from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'audit_events'::regclass`,
      [(await server.query<{ role: string }>('select current_user as role')).rows[0]!.role],
    );

    expect(rows.length).toBeGreaterThanOrEqual(5);
    expect(rows.filter(({ is_open }) => is_open)).toEqual([]);
  });

  it('has no attribute, ownership or membership that passes row-level security', async () => {
    const { rows } = await server.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
              (select count(*)::int from pg_class where relowner = r.oid) as relations,
              (select count(*)::int from pg_proc where proowner = r.oid) as functions,
              (select count(*)::int from pg_auth_members where member = r.oid) as memberships
         from pg_roles r where rolname = current_user`,
    );

    expect(rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        relations: 0,
        functions: 0,
        memberships: 0,
      },
    ]);
  });

  it.each([
    ['become the owner', 'set role tenantry'],
    ['become the owner of the session', 'set session authorization tenantry'],
    ['switch row-level security off', 'alter table users disable row level security'],
    ['add a policy', 'create policy mine on users using (true)'],
    ['drop a policy', 'drop policy organization on users'],
    ['make a table', 'create table tenantry.mine (id int)'],
    ['make a table in public', 'create table public.mine (id int)'],
    [
      'replace a function',
      'create or replace function tenantry.current_org_id() returns uuid language sql as $$ select null::uuid $$',
    ],
    ['open the privileges again', 'select tenantry.apply_privileges(current_user)'],
    ['read the migrations', 'select * from migrations'],
    ['skip the triggers', `set session_replication_role = replica`],
    ['read files of the server', `select pg_read_file('postgresql.conf')`],
    ['run a program', `copy (select 1) to program 'true'`],
  ])('cannot %s', async (_, statement) => {
    await expect(server.query(statement)).rejects.toThrow(
      /permission denied|must be owner|no privileges|not allowed|have privileges/,
    );
  });

  it('gets nothing more by granting it to itself', async () => {
    // PostgreSQL answers with a warning only.
    await server.query('grant update, delete on audit_events to current_user');

    const { rows } = await server.query(
      `select has_table_privilege('audit_events', 'update') or has_table_privilege('audit_events', 'delete') as has`,
    );
    expect(rows).toEqual([{ has: false }]);
  });

  it('passes row-level security through known doors only', async () => {
    const { rows } = await server.query<{ name: string }>(
      `select p.proname as name from pg_proc p
        where pronamespace = 'tenantry'::regnamespace and has_function_privilege(p.oid, 'execute') and prosecdef order by 1`,
    );

    expect(rows.map(({ name }) => name)).toEqual(ownersFunctions);
  });
});

describe('The schema', () => {
  it('lists every table that belongs to no organization', async () => {
    const tables = await allTables();

    expect(tables.filter(({ has_org_id }) => !has_org_id).map(({ name }) => name)).toEqual(
      tablesOfTheDeployment,
    );
  });

  it('enables and forces row-level security on every table', async () => {
    const open = (await allTables()).filter(
      ({ name, is_secured, is_forced }) => name !== 'migrations' && !(is_secured && is_forced),
    );

    expect(open).toEqual([]);
  });

  it('has policies that compare with the organization, and the one of the owner, and no other', async () => {
    const { rows } = await owner.query<{ table_name: string; name: string; using: string; check: string }>(
      `select polrelid::regclass::text as table_name, polname as name,
              pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
         from pg_policy join pg_class c on c.oid = polrelid where c.relnamespace = 'tenantry'::regnamespace`,
    );
    for (const { name } of await tenantTables()) {
      const policies = rows.filter(({ table_name }) => table_name === name);

      expect({ [name]: policies.map((policy) => policy.name).toSorted() }).toEqual({
        [name]: ['organization', 'owner'],
      });
      const { using, check } = policies.find((policy) => policy.name === 'organization')!;
      for (const expression of [using, check])
        expect(expression).toMatch(/^\(org_id = \( SELECT (tenantry\.)?current_org_id\(\)/);
    }
  });

  it('begins every primary key, unique constraint and unique index of a tenant table with org_id', async () => {
    const { rows } = await owner.query<KeyRow>(
      `select c.relname as table_name, i.relname as name, array(
                select coalesce((select attname from pg_attribute where attrelid = c.oid and attnum = k), '(expression)')::text
                  from unnest(x.indkey::int[]) with ordinality as keys (k, n) order by n) as columns
         from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
        where c.relnamespace = 'tenantry'::regnamespace and x.indisunique`,
    );
    const tenants = (await tenantTables()).map(({ name }) => name);
    const keys = rows.filter(({ table_name }) => tenants.includes(table_name));

    expect(keys.filter(({ columns }) => columns[0] !== 'org_id')).toEqual([]);
    expect(new Set(keys.map(({ table_name }) => table_name))).toEqual(new Set(tenants));
  });

  it('begins every foreign key of a tenant table with org_id on both sides', async () => {
    const { rows } = await owner.query<KeyRow>(
      `select c.relname as table_name, f.conname as name, r.relname as referenced,
              array(select attname::text from unnest(f.conkey) with ordinality as k (a, n)
                      join pg_attribute on attrelid = f.conrelid and attnum = k.a order by n) as columns,
              array(select attname::text from unnest(f.confkey) with ordinality as k (a, n)
                      join pg_attribute on attrelid = f.confrelid and attnum = k.a order by n) as referenced_columns
         from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class r on r.oid = f.confrelid
        where f.contype = 'f' and c.relnamespace = 'tenantry'::regnamespace`,
    );
    const stray = rows.filter(({ columns, referenced, referenced_columns }) =>
      referenced === 'organizations'
        ? columns.join() !== 'org_id' || referenced_columns?.join() !== 'id'
        : columns[0] !== 'org_id' || referenced_columns?.[0] !== 'org_id',
    );

    expect(rows.length).toBeGreaterThan(10);
    expect(stray).toEqual([]);
  });

  it('ties every tenant table to its organization, directly or through another one', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select c.relname as name from pg_class c
        where relnamespace = 'tenantry'::regnamespace and relkind in ('r', 'p') and not relispartition
          and exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id')
          and not exists (select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f')`,
    );

    expect(rows).toEqual([]);
  });

  it('shows views with the rights of whoever looks', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'tenantry'::regnamespace and relkind in ('v', 'm')
          and not coalesce(reloptions, '{}') @> '{security_invoker=true}'`,
    );

    expect(rows).toEqual([]);
  });

  it('fixes the search path of every function that runs as the owner', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select proname as name from pg_proc
        where pronamespace = 'tenantry'::regnamespace and prosecdef
          and not exists (select from unnest(proconfig) setting where setting ~ '^search_path=tenantry,.*pg_temp$')`,
    );

    expect(rows).toEqual([]);
  });
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenantry,public' });
  await client.connect();
  return client;
}

async function within(organizationId: string, work: () => Promise<void>): Promise<void> {
  await server.query('begin');
  try {
    await server.query(`select set_config('app.org_id', $1, true)`, [organizationId]);
    await work();
  } finally {
    await server.query('rollback');
  }
}

async function allTables(): Promise<TableRow[]> {
  const { rows } = await owner.query<TableRow>(
    `select relname as name, relrowsecurity as is_secured, relforcerowsecurity as is_forced,
            relispartition as is_partition,
            exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id' and not attisdropped) as has_org_id
       from pg_class c where relnamespace = 'tenantry'::regnamespace and relkind in ('r', 'p') order by 1`,
  );
  return rows;
}

async function tenantTables(): Promise<TableRow[]> {
  return (await allTables()).filter(({ has_org_id }) => has_org_id);
}

/** Of a table that is made of others only the whole is there for the server. */
async function readableTables(): Promise<TableRow[]> {
  return (await tenantTables()).filter(({ is_partition }) => !is_partition);
}

async function fingerprint(organizationId: string): Promise<string[]> {
  const contents: string[] = [];
  for (const { name } of await tenantTables()) {
    const { rows } = await owner.query<{ content: string }>(
      `select coalesce(string_agg(t::text, ' ' order by t::text), '') as content from ${name} t where org_id = $1`,
      [organizationId],
    );
    contents.push(`${name}: ${rows[0]!.content}`);
  }
  return contents;
}
