import pg from 'pg';

/**
 * The schema of the job queue that this release works with: the number of the library's last migration. A test compares
 * it with the library. While the database has it, a start need not even load the library.
 */
export const jobSchemaVersion = 20;

interface Queryable {
  query(statement: string, values?: unknown[]): Promise<unknown>;
}

/** Installs or updates the queue, which has a schema of its own; as the owner. The caller holds the lock of starts. */
export async function installJobSchema(
  connection: Queryable,
  databaseUrl: string,
  onLog: (message: string) => void,
): Promise<void> {
  if ((await installedVersion(connection)) >= jobSchemaVersion) return;
  const { Logger, runMigrations } = await import('graphile-worker');
  await runMigrations({ connectionString: databaseUrl, maxPoolSize: 10, logger: new Logger(() => () => {}) });
  onLog(`migrated: job queue ${jobSchemaVersion}`);
}

async function installedVersion(connection: Queryable): Promise<number> {
  const [table] = (await connection.query(
    `select to_regclass('graphile_worker.migrations') is not null as exists`,
  )) as [{ exists: boolean }];
  if (!table.exists) return 0;
  const [row] = (await connection.query(
    'select coalesce(max(id), 0) as version from graphile_worker.migrations',
  )) as [{ version: number }];
  return row.version;
}

/**
 * Lets the role that serves requests work off the queue. Its tables hold ids of things to do, and nothing of an
 * organization.
 */
export async function grantJobSchema(connection: Queryable, role: string): Promise<void> {
  await connection.query(`
    do $do$
    declare
      server_role constant name := ${pg.escapeLiteral(role)};
      queue_table record;
    begin
      execute format('grant usage on schema graphile_worker to %I', server_role);
      execute format('grant select, insert, update, delete on all tables in schema graphile_worker to %I', server_role);
      -- The library closes its tables to everybody but their owner.
      for queue_table in
        select c.relname from pg_class c
         where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind = 'r' and c.relrowsecurity
           and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'server'
                                                     and p.polroles = array[(select r.oid from pg_roles r where r.rolname = server_role)])
      loop
        execute format('drop policy if exists server on graphile_worker.%I', queue_table.relname);
        execute format('create policy server on graphile_worker.%I to %I using (true) with check (true)', queue_table.relname, server_role);
      end loop;
    end $do$`);
}
