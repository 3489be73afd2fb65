import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueryRunner } from 'typeorm';
import { loadMigrations } from '../src/platform/database/migrator.js';

/*
 * `npm run db:pack [-- <file>]` writes the whole schema, as the migrations make it, into one file for psql. The file is
 * made on demand and not kept under version control: beside the migrations it would be a second truth of 100 KB that
 * every change of the schema writes again.
 */

const root = fileURLToPath(new URL('../', import.meta.url));

/** SQL that psql, or anything that sends several statements at once, loads into an empty database. */
export async function renderPack(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const parts: string[] = [];
  const names: string[] = [];
  for (const Migration of await loadMigrations()) {
    names.push(Migration.name);
    parts.push(`-- ${Migration.name}\n`, ...(await record(new Migration())));
  }
  return [opening(version), ...parts, closing(names)].join('\n');
}

/** What a migration sends. It gets no answers: one that asks the database anything has no place in a file. */
async function record(migration: { up(runner: QueryRunner): Promise<unknown> }): Promise<string[]> {
  const statements: string[] = [];
  const recorder = {
    query: (statement: string, values: readonly unknown[] = []): Promise<void> => {
      if (values.length > 0) throw new Error('a migration with values beside its SQL cannot be packed');
      statements.push(`${statement.trim().replace(/;?$/, ';')}\n`);
      return Promise.resolve();
    },
  };
  await migration.up(recorder as unknown as QueryRunner);
  return statements;
}

const opening = (
  version: string,
): string => `-- The schema of Tenantry ${version}, for PostgreSQL 15 to 18. Into an empty database, as its owner:
--   psql -v ON_ERROR_STOP=1 -f pack.sql
-- It is one transaction: all of it is there afterwards, or nothing. docs/sql.md shows what to do with it.

begin;
set local client_min_messages = warning;
set local timezone = 'UTC';
create schema tenantry;
set local search_path = tenantry, public;
`;

/** The table as the server's own migrations keep it, so that a server can take the database over later. */
const closing = (names: readonly string[]): string => `-- What the server's migrations would find done.
create table migrations (
  id serial primary key,
  "timestamp" bigint not null,
  name character varying not null
);
insert into migrations ("timestamp", name) values
${names.map((name) => `  (${name.slice(-13)}, '${name}')`).join(',\n')};

-- Row-level security, for every role but the owner. A program gets a role of its own, which this gives its rights to:
--   select tenantry.apply_privileges('role_of_the_program');
do $$ begin perform tenantry.secure_tables(); end $$;
commit;
`;

if (import.meta.main) {
  const file = process.argv[2] ?? join(root, 'pack.sql');
  writeFileSync(file, await renderPack());
  console.log(`wrote ${file}`);
  process.exit(0);
}
