import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { LOG, type Log } from '../log/log.js';
import { connectionOptions } from './connection.js';
import { SERVER_DATABASE_URL } from './database.js';

const restartMilliseconds = 500;

/**
 * Hears what transactions announce when they commit (`pg_notify`), on one connection of its own. What is announced while
 * it is away is lost, so listeners are called when it is back, too: they look for what there is to do.
 */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  readonly #listeners = new Map<string, () => void>();
  readonly #ending = new AbortController();
  #client: pg.Client | undefined;
  #isHearing = false;
  #running: Promise<void> | undefined;

  constructor(
    @Inject(SERVER_DATABASE_URL) private readonly url: string,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Before `start`. */
  listen(channel: string, heard: () => void): void {
    this.#listeners.set(channel, heard);
  }

  /** False while announcements may be lost. */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** Begins to listen, and goes on until the application ends, whatever happens to the database. */
  start(): void {
    this.#running ??= this.keepListening();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#ending.abort();
    await this.#client?.end().catch(() => {});
    await this.#running;
  }

  private async keepListening(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.listenOnce();
      } catch (error) {
        if (!signal.aborted) this.log.warn({ error }, 'notifications of the database are not heard');
      }
      await pause(restartMilliseconds, undefined, { signal }).catch(() => {});
    }
  }

  private async listenOnce(): Promise<void> {
    const client = new pg.Client({ ...connectionOptions('tenantry-listen'), connectionString: this.url });
    const { promise: lost, resolve, reject } = Promise.withResolvers<void>();
    // Later than the first failure nobody listens, and an error without a listener would end the process.
    lost.catch(() => {});
    client.on('error', reject);
    client.on('end', resolve);
    client.on('notification', ({ channel }) => this.#listeners.get(channel)?.());
    this.#client = client;
    try {
      await client.connect();
      for (const channel of this.#listeners.keys())
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      this.#isHearing = true;
      for (const heard of this.#listeners.values()) heard();
      await lost;
    } finally {
      this.#isHearing = false;
      await client.end().catch(() => {});
    }
  }
}
