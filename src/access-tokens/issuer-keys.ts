import type { KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { readPublicKey, type SigningAlgorithm } from '../signing-keys/signing-keys.service.js';
import { type IssuerKeysRow, readIssuerKeys } from './issuer-keys.queries.js';

export interface VerificationKey {
  /** The one algorithm that it is for, whatever a token says. */
  readonly alg: SigningAlgorithm;
  readonly publicKey: KeyObject;
}

/** The keys of an organization at one version of its issuer. */
export interface IssuerKeySet {
  readonly organizationId: string;
  readonly version: string;
  readonly keys: ReadonlyMap<string, VerificationKey>;
}

/** Between two statements: what nobody knows is asked for forty times a second at most, whoever makes it up. */
const pauseMilliseconds = 25;
/** Sets that are kept, of the issuers used last; one takes about 10 KB. */
const mostSets = 2_000;

/**
 * Public keys of issuers, kept parsed. A set is never believed to be current: whoever verifies with it compares its version
 * with what the database says of the same request, and reads it again where they differ.
 *
 * What is not there is read with the next statement: however many tokens of made-up organizations and keys arrive, they
 * cost a few statements together.
 */
@Injectable()
export class IssuerKeys {
  readonly #sets = new Map<string, IssuerKeySet>();
  #waiting = new Map<string, PromiseWithResolvers<IssuerKeySet | null>>();
  #isReading = false;
  #readAt = -Infinity;

  constructor(private readonly database: Database) {}

  /** The set that was read last; undefined where there is none. */
  kept(slug: string): IssuerKeySet | undefined {
    const set = this.#sets.get(slug);
    if (set !== undefined) {
      // What was used last stands last.
      this.#sets.delete(slug);
      this.#sets.set(slug, set);
    }
    return set;
  }

  /** What the database says now; null where there is no such issuer, or it is suspended. */
  read(slug: string): Promise<IssuerKeySet | null> {
    const waiting = this.#waiting.get(slug) ?? Promise.withResolvers<IssuerKeySet | null>();
    this.#waiting.set(slug, waiting);
    void this.readWaiting();
    return waiting.promise;
  }

  private async readWaiting(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#waiting.size > 0) {
      const early = this.#readAt + pauseMilliseconds - performance.now();
      if (early > 0) await pause(early);
      this.#readAt = performance.now();
      const batch = this.#waiting;
      this.#waiting = new Map();
      try {
        const rows = await readIssuerKeys(this.database, [...batch.keys()]);
        for (const [slug, { resolve }] of batch)
          resolve(
            this.keep(
              slug,
              rows.find((row) => row.slug === slug),
            ),
          );
      } catch (error) {
        for (const { reject } of batch.values()) reject(error);
      }
    }
    this.#isReading = false;
  }

  private keep(slug: string, row: IssuerKeysRow | undefined): IssuerKeySet | null {
    this.#sets.delete(slug);
    if (row === undefined) return null;
    const keys = row.keys.map(
      ({ alg, publicJwk }) => [publicJwk.kid, { alg, publicKey: readPublicKey(publicJwk) }] as const,
    );
    const set = { organizationId: row.org_id, version: row.issuer_version, keys: new Map(keys) };
    this.#sets.set(slug, set);
    const [oldest] = this.#sets.keys();
    if (this.#sets.size > mostSets) this.#sets.delete(oldest!);
    return set;
  }
}
