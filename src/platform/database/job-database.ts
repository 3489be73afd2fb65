import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';
import { LOG, type Log } from '../log/log.js';
import { Database, SERVER_DATABASE_URL } from './database.js';
import type { Transaction } from './transaction.js';

/** One connection listens, two jobs run at once, one looks for the next, and one copies revocations. */
const connections = 5;

/** A way of its own to the database for work in the background, so that it never waits for requests, nor they for it. */
@Injectable()
export class JobDatabase extends Database {
  #connected: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(SERVER_DATABASE_URL) url: string,
    @Inject(LOG) log: Log,
  ) {
    super({ ...config, database: { ...config.database, poolSize: connections } }, url, [], log);
  }

  /** Connects when it is needed first. */
  override connect(): Promise<void> {
    this.#connected ??= super.connect().then(
      () => {
        // Without a listener, a connection that is lost while somebody has it would end the process.
        this.pgPool.on('connect', (client) => client.on('error', () => {}));
      },
      (error: unknown) => {
        this.#connected = undefined;
        throw error;
      },
    );
    return this.#connected;
  }

  override async forOrganization<T>(
    organizationId: string,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    await this.connect();
    return super.forOrganization(organizationId, work);
  }

  override async asPlatform<T>(reason: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    await this.connect();
    return super.asPlatform(reason, work);
  }

  /** For the library that works off the queue. */
  async jobPool(): Promise<Pool> {
    await this.connect();
    return this.pgPool;
  }
}
