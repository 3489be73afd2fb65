import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisClientType } from 'redis';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';
import { LOG, type Log } from '../log/log.js';

export type RedisConnection = RedisClientType<
  Record<string, never>,
  Record<string, never>,
  Record<string, never>,
  2
>;

const connectMilliseconds = 1_000;
const pingMilliseconds = 2_000;
/** A server that is silent for so long is taken for dead. */
const silenceMilliseconds = 5_000;
const longestPauseMilliseconds = 2_000;

/**
 * The Redis of the deployment, where there is one. It may vanish at any moment, and may have forgotten everything when it is
 * back: whoever uses it does so in the background, and nobody waits for it.
 */
@Injectable()
export class Redis implements OnApplicationShutdown {
  readonly #url: string | null;
  readonly #whenReady: (() => void)[] = [];
  #client: RedisConnection | undefined;
  #isLost = false;

  constructor(
    @Inject(CONFIG) { redis }: Config,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#url = redis.url?.reveal() ?? null;
  }

  /** Whether the deployment has one. */
  get isThere(): boolean {
    return this.#url !== null;
  }

  /** Null while it cannot be reached. */
  get connection(): RedisConnection | null {
    return this.#client?.isReady ? this.#client : null;
  }

  /** Called each time that it can be reached (again). */
  onReady(work: () => void): void {
    this.#whenReady.push(work);
  }

  /** Begins to connect, and goes on until the application ends. */
  async connect(): Promise<void> {
    if (this.#url === null || this.#client !== undefined) return;
    // Loaded where it is used: a server without Redis needs none of it.
    const { createClient } = await import('redis');
    const client: RedisConnection = createClient({
      url: this.#url,
      RESP: 2,
      // A command that cannot be sent now fails now.
      disableOfflineQueue: true,
      disableClientInfo: true,
      pingInterval: pingMilliseconds,
      socket: {
        connectTimeout: connectMilliseconds,
        socketTimeout: silenceMilliseconds,
        reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), longestPauseMilliseconds),
      },
    });
    this.#client = client;
    client.on('error', (error) => {
      if (!this.#isLost) this.log.warn({ error: withoutAddress(error) }, 'Redis cannot be reached');
      this.#isLost = true;
    });
    client.on('ready', () => {
      if (this.#isLost) this.log.info({}, 'Redis is back');
      this.#isLost = false;
      for (const work of this.#whenReady) work();
    });
    client.connect().catch(() => {});
  }

  onApplicationShutdown(): void {
    this.#client?.destroy();
  }
}

/** An address may hold a password. */
function withoutAddress(error: unknown): { code?: unknown; name?: unknown } {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return { code, name };
}
