import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOG, type Log } from '../platform/log/log.js';
import { PrincipalLookup, type SecretKind } from './principal-lookup.js';

interface Use {
  readonly kind: SecretKind;
  readonly orgId: string;
  readonly secretHash: Buffer;
}

const flushMilliseconds = 2_000;
/** A statement may not grow without bound; what is over goes with the next one. */
const usesAStatement = 5_000;

/**
 * Records in the background that secrets were used, which keeps idle sessions alive. The look-up reports a secret only
 * when its last use is a minute (or a tenth of the idle lifetime) ago, so a busy session costs one write a minute. What a
 * crash loses is seconds of idle time.
 */
@Injectable()
export class UseRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #uses = new Map<string, Use>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly lookup: PrincipalLookup,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.lookup.reportUsesTo((...use) => this.note(...use));
    this.#timer = setInterval(() => void this.flush(), flushMilliseconds);
    this.#timer.unref();
  }

  note(kind: SecretKind, orgId: string, secretHash: Buffer): void {
    this.#uses.set(secretHash.toString('latin1'), { kind, orgId, secretHash });
  }

  async flush(): Promise<void> {
    const entries = [...this.#uses].slice(0, usesAStatement);
    if (entries.length === 0) return;
    for (const [key] of entries) this.#uses.delete(key);
    const uses = entries.map(([, use]) => use);
    try {
      await this.lookup.pool.query({
        name: 'record_use',
        text: 'select tenantry.record_use($1::text[], $2::uuid[], $3::bytea[])',
        values: [
          uses.map(({ kind }) => kind),
          uses.map(({ orgId }) => orgId),
          uses.map(({ secretHash }) => secretHash),
        ],
      });
    } catch (error) {
      // The next look-up of each reports it again.
      this.log.warn({ error, uses: uses.length }, 'uses were not recorded');
    }
  }

  // Before the pool closes, which happens in the look-up's own hook: hooks run dependents first.
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
