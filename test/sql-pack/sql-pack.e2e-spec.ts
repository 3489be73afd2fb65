import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { renderPack } from '../../scripts/db-pack.js';
import { hashToken } from '../../src/platform/crypto/secret-token.js';
import { migrate } from '../../src/platform/database/migrator.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';

const walk = new URL('../../docs/sql.md', import.meta.url);
const hasPsql = canRun('psql');

let pack: string;
beforeAll(async () => {
  pack = await renderPack();
});

describe('The SQL pack', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl, options: '-c search_path=public' });
    await owner.connect();
    // One message with every statement, as psql -f would send them one by one.
    await owner.query(pack);
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  const first = async (statement: string, ...values: unknown[]) =>
    (await owner.query(statement, values)).rows[0];

  it('is all that an account needs, with SQL alone', async () => {
    const { id: org } = await first(
      `insert into tenantry.organizations (slug, name) values ('acme', 'Acme') returning id`,
    );

    const { id: max } = await first(
      `insert into tenantry.users (org_id, email, full_name) values ($1, 'max@acme.example', 'Max') returning id`,
      org,
    );
    const welcome = await first('select * from tenantry.mails where org_id = $1', org);
    expect(welcome).toMatchObject({
      user_id: max,
      template: 'welcome',
      to_email: 'max@acme.example',
      token_type: 'email_verification',
      state: 'queued',
    });

    const { token } = await first(
      `select tenantry.issue_token(org_id, token_type, user_id, p_mail => id) as token from tenantry.mails where id = $1`,
      welcome.id,
    );
    expect(await first(`select tenantry.verify_email($1, $2) as id`, org, token)).toEqual({ id: max });
    expect(await first(`select tenantry.verify_email($1, $2) as id`, org, token)).toEqual({ id: null });

    const { token: reset } = await first(
      `select tenantry.issue_token($1, 'password_reset', $2) as token`,
      org,
      max,
    );
    const hash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA';
    expect(await first(`select tenantry.reset_password($1, $2, $3) as id`, org, reset, hash)).toEqual({
      id: max,
    });

    await owner.query(`update tenantry.users set email = 'max.meier@acme.example' where org_id = $1`, [org]);
    const { token: confirmation } = await first(
      `select tenantry.issue_token(org_id, token_type, user_id, p_mail => id) as token from tenantry.mails
        where org_id = $1 and template = 'email-change'`,
      org,
    );
    expect(await first(`select tenantry.confirm_email_change($1, $2) as id`, org, confirmation)).toEqual({
      id: max,
    });

    const { rows } = await owner.query(
      'select kind from tenantry.user_history where org_id = $1 order by created_at, id',
      [org],
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      'created',
      'email_verified',
      'password_set',
      'status_changed',
      'email_change_requested',
      'email_changed',
      'email_verified',
    ]);
    const user = await first('select email, status, password_hash from tenantry.users where id = $1', max);
    expect(user).toEqual({ email: 'max.meier@acme.example', status: 'active', password_hash: hash });
    const { stored } = await first(
      `select string_agg(t::text, ' ') as stored from tenantry.verification_tokens t`,
    );
    expect(stored).toContain(hashToken(reset).toString('hex'));
  });

  it('gives a role of a program its rights, in one organization at a time', async () => {
    const role = `program_${database.name}`;
    const { id: org } = await first('select id from tenantry.organizations');
    const program = new pg.Client({
      connectionString: database.superuserUrl,
      options: '-c search_path=public',
    });
    await program.connect();
    await program.query(`create role ${role}`);
    try {
      await owner.query('select tenantry.apply_privileges($1)', [role]);
      await program.query(`set role ${role}`);

      expect((await program.query('select from tenantry.users')).rowCount).toBe(0);
      await program.query(`select set_config('app.org_id', $1, false)`, [org]);
      expect((await program.query('select from tenantry.users')).rowCount).toBe(1);
      const { rows } = await program.query(
        `insert into tenantry.users (org_id, email) values ($1, 'eve@acme.example') returning id`,
        [org],
      );
      const { token } = await first(
        `select tenantry.issue_token($1, 'email_verification', $2) as token`,
        org,
        rows[0].id,
      );
      const verified = await program.query('select tenantry.verify_email($1, $2) as id', [org, token]);
      expect(verified.rows).toEqual(rows);
    } finally {
      await program.query(`reset role; drop owned by ${role}; drop role ${role}`);
      await program.end();
    }
  });

  it('has no function that depends on the search path of its caller', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select proname as name from pg_proc p
        where pronamespace = 'tenantry'::regnamespace and probin is null and prosqlbody is null
          and not exists (select from unnest(proconfig) setting where setting like 'search_path=tenantry,%') order by 1`,
    );

    // The first is only called by one that has it; the others name nothing of the schema.
    expect(rows.map(({ name }) => name)).toEqual(['granted', 'touch_row']);
  });

  it('has what the migrations make, and a server takes it over', async () => {
    const migrated = await createTestDatabase();
    try {
      const applied: string[] = [];
      await migrate({ databaseUrl: database.ownerUrl, onLog: (line) => applied.push(line) });

      // The queue of a worker is the server's own, and not in the pack.
      expect(applied.filter((line) => !line.startsWith('migrated: job queue'))).toEqual([]);
      expect(await catalogOf(database)).toEqual(await catalogOf(migrated));
    } finally {
      await migrated.drop();
    }
  });
});

(hasPsql ? describe : describe.skip)('psql', () => {
  it('loads the pack into an empty database and walks as the documentation does', async () => {
    const database = await createEmptyDatabase();
    const directory = makeTemporaryDirectory('pack');
    const file = join(directory, 'pack.sql');
    writeFileSync(file, pack);
    try {
      expect(psql(database, ['-q', '-f', file])).toBe('');
      for (const { commands, shown } of walkOf(readFileSync(walk, 'utf8'))) {
        const output = psql(database, ['-q', '-f', '-'], commands);

        for (const line of shown) expect(output).toContain(line);
      }
    } finally {
      await database.drop();
    }
  });
});

/** What psql prints; it stops at the first error. */
function psql({ ownerUrl }: TestDatabase, options: string[], input = ''): string {
  const output = execFileSync('psql', ['-X', '-v', 'ON_ERROR_STOP=1', ...options, ownerUrl], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    // The owner of the tests is called like the schema, and so would find everything by its own name.
    env: { ...process.env, PGOPTIONS: '-c search_path=public' },
  });
  return output.trim();
}

/** The walk: every block for psql, one after another in one session, and the lines that it promises (`-- → …`). */
function walkOf(document: string): { commands: string; shown: string[] }[] {
  const commands = [...document.matchAll(/```sql walk\n([\s\S]*?)```/g)]
    .map(([, block]) => block!)
    .join('\n');
  const shown = [...commands.matchAll(/^-- → (.*)$/gm)].map(([, line]) => line!);
  expect(shown.length).toBeGreaterThan(5);
  return [{ commands, shown }];
}

async function catalogOf({ ownerUrl }: TestDatabase): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ kind: string; objects: string[] }>(
      `select kind, array_agg(object order by object) as objects from (
         select 'column' as kind, concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as object
           from information_schema.columns where table_schema = 'tenantry' and table_name <> 'migrations'
         union all
         select 'function', pg_get_functiondef(oid) from pg_proc where pronamespace = 'tenantry'::regnamespace and prokind = 'f' and probin is null
         union all
         select 'trigger', pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid
          where relnamespace = 'tenantry'::regnamespace and not tgisinternal
         union all
         select 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
          where connamespace = 'tenantry'::regnamespace and conrelid <> 'tenantry.migrations'::regclass
         union all
         select 'index', indexdef from pg_indexes where schemaname = 'tenantry' and tablename <> 'migrations'
         union all
         select 'policy', concat_ws(' ', tablename, policyname, qual, with_check) from pg_policies where schemaname = 'tenantry'
         union all
         select 'migration', name from tenantry.migrations) objects
       group by kind`,
    );
    return Object.fromEntries(rows.map(({ kind, objects }) => [kind, objects]));
  } finally {
    await client.end();
  }
}

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version']);
    return true;
  } catch {
    return false;
  }
}
