import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { LOG, type Log } from '../platform/log/log.js';
import { recordSecretUses } from './secret-uses.queries.js';

const flushMilliseconds = 2_000;
/** A statement may not grow without bound; what is over goes with the next one. */
const usesAStatement = 1_000;

/** Records in the background that secrets of applications were used: one write a minute for a busy one, and none to wait for. */
@Injectable()
export class SecretUses implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #uses = new Map<string, { organizationId: string; secretHash: Buffer }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.flush(), flushMilliseconds);
    this.#timer.unref();
  }

  note(organizationId: string, secretHash: Buffer): void {
    this.#uses.set(secretHash.toString('latin1'), { organizationId, secretHash });
  }

  async flush(): Promise<void> {
    const entries = [...this.#uses].slice(0, usesAStatement);
    if (entries.length === 0) return;
    for (const [key] of entries) this.#uses.delete(key);
    try {
      await recordSecretUses(
        this.database,
        entries.map(([, use]) => use),
      );
    } catch (error) {
      // The next request with each of them notes it again.
      this.log.warn({ error, uses: entries.length }, 'uses of secrets were not recorded');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
