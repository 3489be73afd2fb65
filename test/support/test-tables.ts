import pg from 'pg';

interface Column {
  table_name: string;
  column_name: string;
}

/** What changes without anybody writing: counters of attempts, records of refusals, notes of use. */
const restlessTables = ['audit_events', 'attempt_counters'];
const restlessColumns = ['last_used_at', 'idle_expires_at'];

/** The database behind the app's back: as the owner of the schema, to whom every organization's rows are visible. */
export class TestTables {
  readonly #owner: pg.Pool;
  readonly #superuserUrl: string;

  constructor(ownerUrl: string, superuserUrl: string) {
    this.#owner = new pg.Pool({
      connectionString: ownerUrl,
      max: 4,
      options: '-c search_path=tenantry,public',
    });
    this.#owner.on('error', () => {});
    this.#superuserUrl = superuserUrl;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test knows what it selects
  async query<Row = any>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#owner.query(statement, [...values]);
    return rows as Row[];
  }

  /** Rows that were inserted in one transaction bear one time, so their place in the table tells their order. */
  auditEvents<Row>(organizationId: string): Promise<Row[]> {
    return this.query<Row>('select * from audit_events where org_id = $1 order by created_at, ctid', [
      organizationId,
    ]);
  }

  async shiftIntoPast(organizationId: string, interval: string): Promise<void> {
    const columns = await this.query<Column>(
      `select table_name, column_name from information_schema.columns c
        where table_schema = 'tenantry' and data_type = 'timestamp with time zone' and is_generated = 'NEVER'
          and (table_name = 'organizations' or exists (
                select from information_schema.columns o
                 where o.table_schema = c.table_schema and o.table_name = c.table_name and o.column_name = 'org_id'))
          and exists (select from pg_class where oid = format('tenantry.%I', table_name)::regclass and relkind in ('r', 'p')
                                                     and not relispartition)`,
    );
    const statements = Object.entries(Object.groupBy(columns, ({ table_name }) => table_name)).map(
      ([table, members]) => {
        const changes = members!.map(({ column_name }) => `${column_name} = ${column_name} - $2::interval`);
        return `update tenantry.${table} set ${changes.join(', ')} where ${table === 'organizations' ? 'id' : 'org_id'} = $1`;
      },
    );
    const superuser = new pg.Client({ connectionString: this.#superuserUrl });
    await superuser.connect();
    try {
      await superuser.query('begin');
      // Triggers would take the passing of time for a change.
      await superuser.query('set local session_replication_role = replica');
      for (const statement of statements) await superuser.query(statement, [organizationId, interval]);
      await superuser.query('commit');
    } finally {
      await superuser.end();
    }
  }

  /** Number and digest of the rows that the organization has in each table. */
  async snapshot(organizationId: string): Promise<Record<string, string>> {
    const tables = await this.query<{ name: string }>(
      `select relname as name from pg_class c
        where relnamespace = 'tenantry'::regnamespace and relkind in ('r', 'p') and not relispartition
          and exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id' and not attisdropped)
          and relname <> all ($1) order by 1`,
      [restlessTables],
    );
    const selects = [
      { name: 'organizations', key: 'id' },
      ...tables.map(({ name }) => ({ name, key: 'org_id' })),
    ].map(
      ({ name, key }) =>
        `select '${name}' as name, count(*) || ' rows, ' || coalesce(md5(string_agg(content, '' order by content)), '') as digest
           from (select (to_jsonb(t) - $2::text[])::text as content from tenantry.${name} t where ${key} = $1) _`,
    );
    const rows = await this.query<{ name: string; digest: string }>(selects.join(' union all '), [
      organizationId,
      restlessColumns,
    ]);
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
  }

  async close(): Promise<void> {
    await this.#owner.end();
  }
}
