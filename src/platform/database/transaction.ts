import type { PoolClient, QueryResultRow } from 'pg';
import type { EntityManager, QueryRunner } from 'typeorm';

/** Prepared once on each connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * An open transaction. Inside an organization it sees and writes that organization's rows only: row-level security
 * compares every row with `app.org_id`.
 */
export class Transaction {
  readonly #runner: QueryRunner;
  #organizationId: string | null;

  constructor(runner: QueryRunner, organizationId: string | null) {
    this.#runner = runner;
    this.#organizationId = organizationId;
  }

  /** TypeORM's view of the same transaction, for entities. */
  get manager(): EntityManager {
    return this.#runner.manager;
  }

  /** @throws Error outside an organization */
  get organizationId(): string {
    if (this.#organizationId === null) throw new Error('this transaction has not entered an organization');
    return this.#organizationId;
  }

  /** The rows that a statement returns. */
  async query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const result = await this.#runner.query(statement, [...values], true);
    return result.records as Row[];
  }

  /** The same for a statement that is asked for all the time: it is parsed and planned once on each connection. */
  async prepared<Row extends QueryResultRow>(
    statement: NamedStatement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const client = (await this.#runner.connect()) as PoolClient;
    const { rows } = await client.query<Row>({ ...statement, values: [...values] });
    return rows;
  }

  /** The one row that a statement returns, or null. */
  async queryOne<Row>(statement: string, values: readonly unknown[] = []): Promise<Row | null> {
    const [row] = await this.query<Row>(statement, values);
    return row ?? null;
  }

  /** Goes on inside one organization; for platform work that made or found it. */
  async enter(organizationId: string): Promise<void> {
    await this.query(`select set_config('app.org_id', $1, true)`, [organizationId]);
    this.#organizationId = organizationId;
  }
}
