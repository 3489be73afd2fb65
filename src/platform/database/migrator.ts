import { createHmac } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { DatabaseSetUpError } from './database-errors.js';
import { grantJobSchema, installJobSchema } from './job-schema.js';

const folder = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/** Any constant does, as long as every server uses the same: it serialises starts on one database. */
const startLock = 7_364_120_953;

export interface MigrateOptions {
  /** As the role that owns (or will own) the schema. */
  databaseUrl: string;
  /** A restricted role made by somebody else, where the owner may not create roles. */
  serverUrl?: string | undefined;
  onLog?: (message: string) => void;
}

/**
 * Brings the database to this release and returns the address of the restricted role. Servers that start at the same
 * time wait for each other; the first one does the work.
 *
 * @throws DatabaseSetUpError in plain words when the database cannot be prepared
 */
export async function migrate({
  databaseUrl,
  serverUrl,
  onLog = () => {},
}: MigrateOptions): Promise<{ serverUrl: string }> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    ...connectionOptionsOfMigrations,
  });
  // Whoever asks next hears of a lost connection; without a listener the process would end.
  client.on('error', () => {});
  await connect(client);
  const lock: Queryable = {
    query: async (statement, values) => (await client.query<never>(statement, values)).rows,
  };
  try {
    await lock.query('select pg_advisory_lock($1)', [startLock]);
    await requireSupportedVersion(lock);
    await lock.query('create schema if not exists tenantry');
    if (await isBehind(lock)) await runMigrations(databaseUrl, onLog);
    await installJobSchema(lock, databaseUrl, onLog);
    return { serverUrl: await prepareServerRole(lock, databaseUrl, serverUrl) };
  } finally {
    // Ends the session, and the lock with it.
    await client.end().catch(() => {});
  }
}

const connectionOptionsOfMigrations = {
  options: '-c search_path=tenantry,public -c timezone=UTC',
  application_name: 'tenantry-migrator',
  connectionTimeoutMillis: 10_000,
};

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    // Where a name has several addresses, the failure of all of them has a code and no message.
    const { message, code } = error as NodeJS.ErrnoException;
    throw new DatabaseSetUpError(`The database cannot be reached: ${message || code}`);
  }
}

/** Most starts find nothing to do, and then need not read the migrations. */
async function isBehind(connection: Queryable): Promise<boolean> {
  const [table] = (await connection.query(
    `select to_regclass('tenantry.migrations') is not null as exists`,
  )) as [{ exists: boolean }];
  if (!table.exists) return true;
  const rows = (await connection.query('select timestamp::text from tenantry.migrations')) as {
    timestamp: string;
  }[];
  const applied = new Set(rows.map(({ timestamp }) => timestamp));
  return (await migrationFiles()).some((file) => !applied.has(file.slice(0, 13)));
}

async function runMigrations(databaseUrl: string, onLog: (message: string) => void): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    schema: 'tenantry',
    poolSize: 1,
    installExtensions: false,
    migrations: (await loadMigrations()) as never,
    migrationsTransactionMode: 'each',
    extra: connectionOptionsOfMigrations,
  });
  await source.initialize();
  try {
    for (const { name } of await source.runMigrations()) onLog(`migrated: ${name}`);
  } finally {
    await source.destroy();
  }
}

interface Queryable {
  query(statement: string, values?: unknown[]): Promise<unknown>;
}

async function requireSupportedVersion(connection: Queryable): Promise<void> {
  const [row] = (await connection.query(`select current_setting('server_version_num')::int as version`)) as [
    { version: number },
  ];
  const major = Math.floor(row.version / 10_000);
  if (major < 15) throw new DatabaseSetUpError(`PostgreSQL ${major} is too old: Tenantry needs 15 to 18`);
}

/**
 * The role that serves requests. Its password follows from the owner's, so every server that knows the owner's address
 * knows it too, and nothing has to be stored.
 */
async function prepareServerRole(
  connection: Queryable,
  databaseUrl: string,
  given: string | undefined,
): Promise<string> {
  const owner = new URL(databaseUrl);
  const database = decodeURIComponent(owner.pathname.slice(1)) || decodeURIComponent(owner.username);
  const role = given === undefined ? `${database}_server` : decodeURIComponent(new URL(given).username);
  const quotedRole = pg.escapeIdentifier(role);
  const [existing] = (await connection.query(
    `select rolsuper or rolbypassrls as may_bypass,
            pg_has_role(oid, (select nspowner from pg_namespace where nspname = 'tenantry'), 'member') as may_own
       from pg_roles where rolname = $1`,
    [role],
  )) as { may_bypass: boolean; may_own: boolean }[];
  if (existing?.may_bypass) {
    throw new DatabaseSetUpError(
      `The role "${role}" can bypass row-level security and must not serve requests`,
    );
  }
  if (existing?.may_own) {
    throw new DatabaseSetUpError(
      `The role "${role}" owns the schema, or may act as its owner, and must not serve requests: DATABASE_SERVER_URL must name another one`,
    );
  }
  const server = new URL(given ?? databaseUrl);
  if (given === undefined) {
    server.username = encodeURIComponent(role);
    server.password = derivedPassword(owner, database);
    await setServerRole(connection, role, existing === undefined ? 'create' : 'alter', server.password);
  } else if (existing === undefined) {
    throw new DatabaseSetUpError(`The role "${role}" of DATABASE_SERVER_URL does not exist`);
  }
  await connection.query(`grant connect on database ${pg.escapeIdentifier(database)} to ${quotedRole}`);
  await connection.query('select tenantry.apply_privileges($1)', [role]);
  await grantJobSchema(connection, role);
  return server.toString();
}

/** Empty where the owner has none: then the database trusts by other means, and does so for this role too. */
function derivedPassword(owner: URL, database: string): string {
  if (owner.password === '') return '';
  return createHmac('sha256', decodeURIComponent(owner.password))
    .update(`tenantry server role of ${database}`)
    .digest('base64url');
}

/** A failed statement is printed with the error that it causes, and this one holds a password: nothing of it goes on. */
async function setServerRole(
  connection: Queryable,
  role: string,
  verb: 'create' | 'alter',
  password: string,
): Promise<void> {
  const attributes = password === '' ? 'login' : `login password ${pg.escapeLiteral(password)}`;
  try {
    await connection.query(`${verb} role ${pg.escapeIdentifier(role)} ${attributes}`);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new DatabaseSetUpError(
      code === '42501'
        ? `The role of DATABASE_URL may not ${verb} the role "${role}". Create a role that owns nothing and name it in DATABASE_SERVER_URL`
        : `The role "${role}" cannot be set up: ${message}`,
    );
  }
}

/** The migration files beside the compiled server, oldest first. */
export async function loadMigrations(): Promise<(new () => MigrationInterface)[]> {
  const modules = await Promise.all(
    (await migrationFiles()).map(
      async (file) => (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>,
    ),
  );
  return modules.flatMap((module) => Object.values(module)) as (new () => MigrationInterface)[];
}

async function migrationFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /^\d{13}-[a-z0-9-]+\.(js|ts)$/.test(file)).sort();
}
