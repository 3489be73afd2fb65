import { Injectable } from '@nestjs/common';
import type { JSONWebKeySet } from 'jose';
import { UpstreamFailure } from '../upstream-failures.types.js';
import type { Journal } from './journal.js';

const lifetimeMilliseconds = 300_000;
/** Who signs with unknown keys does not make us ask all the time. */
const leastAgeMilliseconds = 10_000;
const most = 500;

interface KeptKeys {
  readonly keys: JSONWebKeySet;
  readonly readAt: number;
}

/** The public keys of providers, by the address where they are published; kept for some minutes. */
@Injectable()
export class SigningKeySets {
  readonly #kept = new Map<string, KeptKeys>();

  /** Once more with keys just read, where the kept ones do not have the one that is named. @throws UpstreamFailure */
  async tryWith<T>(
    address: string,
    journal: Journal,
    use: (keys: JSONWebKeySet) => Promise<T>,
    isUnknownKey: (error: unknown) => boolean,
  ): Promise<T> {
    const kept = this.#kept.get(address);
    const age = kept === undefined ? Infinity : Date.now() - kept.readAt;
    if (kept !== undefined && age < lifetimeMilliseconds) {
      try {
        return await use(kept.keys);
      } catch (error) {
        if (!isUnknownKey(error) || age < leastAgeMilliseconds) throw error;
      }
    }
    return use(await this.read(address, journal));
  }

  private async read(address: string, journal: Journal): Promise<JSONWebKeySet> {
    const { status, body } = await journal.readJson<JSONWebKeySet>('keys', address, {
      headers: { accept: 'application/json' },
    });
    if (status !== 200 || !Array.isArray(body.keys))
      throw new UpstreamFailure('upstream_unreadable', `It answered ${status} without a list of keys`);
    // Symmetric ones have no place there, and would make a secret of what everybody can read.
    const keys = { keys: body.keys.filter(({ kty }) => kty !== 'oct') };
    this.#kept.delete(address);
    this.#kept.set(address, { keys, readAt: Date.now() });
    if (this.#kept.size > most) this.#kept.delete(this.#kept.keys().next().value!);
    return keys;
  }
}
