import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { DataSource, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';
import { LOG, type Log } from '../log/log.js';
import { ConnectionLostError, isConnectionLost } from './database-errors.js';
import { connectionOptions } from './connection.js';
import { SlowQueryLogger } from './slow-query-logger.js';
import { type NamedStatement, Transaction } from './transaction.js';

export type { NamedStatement };

/** Injection token of the address under which the restricted role reaches the database. */
export const SERVER_DATABASE_URL = Symbol('server-database-url');
/** Injection token of the entity classes, collected by the application's table of contents. */
export const ENTITIES = Symbol('entities');

/**
 * The only way to the database, as a role that owns nothing and cannot pass row-level security. Every unit of work is
 * one transaction, in one organization (`forOrganization`) or on the list of organizations (`asPlatform`).
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly #source: DataSource;
  readonly #log: Log;
  readonly #platformUses = new Map<string, number>();

  constructor(
    @Inject(CONFIG) { database }: Config,
    @Inject(SERVER_DATABASE_URL) url: string,
    @Inject(ENTITIES) entities: Function[],
    @Inject(LOG) log: Log,
  ) {
    this.#log = log;
    this.#source = new DataSource({
      type: 'postgres',
      url,
      schema: 'tenantry',
      entities: entities as never,
      poolSize: database.poolSize,
      installExtensions: false,
      maxQueryExecutionTime: database.slowQueryMilliseconds,
      logger: new SlowQueryLogger(log),
      poolErrorHandler: (error: unknown) => log.warn({ error }, 'an idle database connection was lost'),
      extra: connectionOptions('tenantry'),
    });
  }

  async connect(): Promise<void> {
    await this.#source.initialize();
  }

  /** Runs `work` in one transaction that sees and writes this organization's rows only. */
  forOrganization<T>(organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transaction('app.org_id', organizationId, organizationId, work);
  }

  /**
   * Runs `work` in one transaction that sees the list of organizations, and no row that belongs to one of them until it
   * enters it. `reason` names the use; uses are counted.
   */
  asPlatform<T>(reason: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#platformUses.set(reason, (this.#platformUses.get(reason) ?? 0) + 1);
    return this.transaction('app.platform', 'on', null, work);
  }

  /**
   * Calls a function of the schema that is a whole unit of work: it enters its organization by itself, and its statement
   * is its transaction. For sign-in, where a round trip costs a tenth of a hash.
   */
  async call<Row extends object>(statement: NamedStatement, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.pgPool.query<Row>({ ...statement, values: [...values] });
    return rows;
  }

  /** How often each reason was used since the start. */
  get platformUses(): ReadonlyMap<string, number> {
    return this.#platformUses;
  }

  get pool(): { total: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pgPool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  async ping(): Promise<void> {
    await this.#source.query('select 1');
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#source.isInitialized) await this.#source.destroy();
  }

  private async transaction<T>(
    variable: 'app.org_id' | 'app.platform',
    value: string,
    organizationId: string | null,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    const runner = this.#source.createQueryRunner();
    let client: PoolClient | undefined;
    try {
      client = (await runner.connect()) as PoolClient;
      // One message instead of two: a sign-in has three transactions.
      await client.query(`begin; select set_config('${variable}', ${escapeLiteral(value)}, true)`);
      // Otherwise `save` and its like would begin, and end, one of their own.
      (runner as { isTransactionActive: boolean }).isTransactionActive = true;
      const result = await work(new Transaction(runner, organizationId));
      const { command } = await client.query('commit');
      // COMMIT of a failed transaction rolls back without an error: nobody may take that for success.
      if (command !== 'COMMIT') throw new Error('a failed statement was ignored inside a transaction');
      return result;
    } catch (thrown) {
      // A runner lets go of a connection that breaks between two statements; the next one hears of that only.
      const isLost = runner.isReleased && thrown instanceof QueryRunnerAlreadyReleasedError;
      const error = isLost ? new ConnectionLostError(thrown) : thrown;
      await this.abandon(client, error);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** Rolls back, or, where the connection can no longer be trusted to answer, closes it so that nobody gets it. */
  private async abandon(client: PoolClient | undefined, error: unknown): Promise<void> {
    if (client === undefined) return;
    if (!isConnectionLost(error)) {
      try {
        await client.query('rollback');
        return;
      } catch (rollbackError) {
        this.#log.warn({ error: rollbackError }, 'a transaction could not be rolled back');
      }
    }
    // Closes the socket at once if a statement is still on its way, and makes the pool drop the client.
    void client.end().catch(() => {});
  }

  /** The driver's own; for what needs a connection to itself. */
  protected get pgPool(): Pool {
    return (this.#source.driver as unknown as { master: Pool }).master;
  }
}
