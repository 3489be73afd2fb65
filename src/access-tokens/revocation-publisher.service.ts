import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { JobDatabase } from '../platform/database/job-database.js';
import { Notifications } from '../platform/database/notifications.js';
import { LOG, type Log } from '../platform/log/log.js';
import { Redis, type RedisConnection } from '../platform/redis/redis.js';
import {
  findPlatformId,
  takeUnpublished,
  unpublish,
  type UnpublishedRevocation,
} from './revocations.queries.js';
import { lastDeadSecond, redisKey, redisMark } from './revocations.rules.js';

const batch = 500;
/** Notifications tell of what is new; this is for what they missed. */
const sweepMilliseconds = 2_000;
const patienceMilliseconds = 2_000;
/** What Redis may have lost without having lost everything: a replica takes over without the last writes. */
const lossSeconds = 300;

/**
 * Copies revocations to Redis, so that services which verify tokens by themselves can ask there. PostgreSQL is the truth:
 * what could not be written stays unpublished, and what Redis has forgotten is written again.
 */
@Injectable()
export class RevocationPublisher implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isAskedAgain = false;
  #mayHaveLost = true;
  #mark: string | undefined;

  constructor(
    private readonly database: JobDatabase,
    private readonly notifications: Notifications,
    private readonly redis: Redis,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.redis.isThere) return;
    this.redis.onReady(() => {
      this.#mayHaveLost = true;
      this.wake();
    });
    this.notifications.listen('tenantry_token_revocations', () => this.wake());
    this.notifications.start();
    void this.redis.connect();
    this.#timer = setInterval(() => this.wake(), sweepMilliseconds);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#isAskedAgain = false;
    await this.#working;
  }

  private wake(): void {
    this.#isAskedAgain = true;
    this.#working ??= this.work().finally(() => (this.#working = undefined));
  }

  private async work(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      const connection = this.redis.connection;
      if (connection === null) return;
      try {
        await this.noteLoss(connection);
        while ((await this.publishBatch(connection)) === batch);
      } catch (error) {
        // The sweep tries again; what was taken is unpublished again with its transaction.
        this.log.warn({ error }, 'revocations were not published');
        return;
      }
    }
  }

  /**
   * Has published again what Redis may have lost. It is marked behind that and before anything is written: whenever it
   * forgets what was written, it forgets the mark as well, and whoever dies in between leaves nothing published.
   */
  private async noteLoss(connection: RedisConnection): Promise<void> {
    const mark = (this.#mark ??= redisMark(
      await this.database.asPlatform('publish revocations', findPlatformId),
    ));
    const hasForgotten = (await inTime(connection.exists(mark))) === 0;
    if (hasForgotten || this.#mayHaveLost) {
      await this.database.asPlatform('publish revocations', (tx) =>
        unpublish(tx, hasForgotten ? null : lossSeconds),
      );
      // Once more after everything: somebody may have written in the moment before it was forgotten.
      this.#mayHaveLost = hasForgotten;
    }
    if (hasForgotten) await inTime(connection.set(mark, '1'));
  }

  /** Redis is written before the commit: what it did not take is not published. */
  private publishBatch(connection: RedisConnection): Promise<number> {
    return this.database.asPlatform('publish revocations', async (tx) => {
      const revocations = await takeUnpublished(tx, batch);
      if (revocations.length > 0) await inTime(write(connection, revocations));
      return revocations.length;
    });
  }
}

async function write(
  connection: RedisConnection,
  revocations: readonly UnpublishedRevocation[],
): Promise<void> {
  const commands = connection.multi();
  const now = Date.now();
  for (const revocation of revocations) {
    const left = revocation.expiresAt.getTime() - now;
    const key = redisKey(revocation.organizationId, revocation.subject);
    if (left > 0)
      commands.set(key, String(lastDeadSecond(revocation)), { expiration: { type: 'PX', value: left } });
  }
  await commands.execAsPipeline();
}

/** @throws Error when Redis does not answer soon */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const ending = new AbortController();
  const late = pause(patienceMilliseconds, undefined, { signal: ending.signal }).then(() => {
    throw new Error('Redis did not answer in time');
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    ending.abort();
  }
}
