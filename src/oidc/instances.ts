import type { Provider } from 'oidc-provider';
import type { Issuer } from './issuer.types.js';

/** 100 KB each: 25 MB at most. */
const mostInstances = 250;
const idleMilliseconds = 10 * 60_000;
const sweepMilliseconds = 60_000;

interface Instance {
  readonly version: string;
  readonly provider: Promise<Provider>;
  usedAt: number;
}

/**
 * One instance of the engine an organization, made when somebody comes, forgotten when nobody does, and never used for
 * another version of the issuer than the database named in this very request.
 */
export class Instances {
  readonly #instances = new Map<string, Instance>();
  readonly #sweep: NodeJS.Timeout;

  constructor(private readonly make: (issuer: Issuer) => Promise<Provider>) {
    this.#sweep = setInterval(() => this.forgetIdle(Date.now()), sweepMilliseconds);
    this.#sweep.unref();
  }

  get size(): number {
    return this.#instances.size;
  }

  of(issuer: Issuer): Promise<Provider> {
    const known = this.#instances.get(issuer.id);
    const instance =
      known?.version === issuer.version
        ? known
        : { version: issuer.version, provider: this.make(issuer), usedAt: 0 };
    instance.usedAt = Date.now();
    // The one that was used longest ago stands first.
    this.#instances.delete(issuer.id);
    this.#instances.set(issuer.id, instance);
    if (instance !== known) {
      if (this.#instances.size > mostInstances) this.#instances.delete(this.#instances.keys().next().value!);
      instance.provider.catch(() => this.forget(issuer.id, instance));
    }
    return instance.provider;
  }

  /** Of the one that serves this issuer. */
  versionOf(issuerId: string): string | undefined {
    return this.#instances.get(issuerId)?.version;
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#instances.clear();
  }

  forgetIdle(now: number): void {
    for (const [id, { usedAt }] of this.#instances) {
      if (now - usedAt < idleMilliseconds) return;
      this.#instances.delete(id);
    }
  }

  private forget(id: string, failed: Instance): void {
    if (this.#instances.get(id) === failed) this.#instances.delete(id);
  }
}
