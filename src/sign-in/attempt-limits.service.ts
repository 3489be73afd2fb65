import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';
import type { Transaction } from '../platform/database/transaction.js';
import {
  type Counter,
  countAttempts,
  countMessage,
  remainingBlock,
  settleAttempt,
  sweepCounters,
  takeBackAttempt,
} from './attempt-limits.queries.js';
import { addressGroup, type AttemptLimit, guessLimit, mailLimits } from './attempt-limits.rules.js';

export type { Counter } from './attempt-limits.queries.js';
export { isLoopback } from './attempt-limits.rules.js';

/** What came of counting an attempt on several counters at once. */
export interface AttemptVerdict {
  /** The first counter that takes no more attempts; null when the attempt may go on. */
  readonly blockedBy: Counter | null;
  readonly retryAfterSeconds: number;
  /** Seconds that the attempt after this one must wait, by counter. */
  readonly nextWaitSeconds: ReadonlyMap<Counter, number>;
}

/**
 * Counters against guessing and flooding. An attempt is counted before it is judged, by one conditional write: however
 * many arrive at once, no more than the free ones are judged. Their keys are hashed with a key of the server, so the
 * table tells neither addresses nor who was tried.
 */
@Injectable()
export class AttemptLimits {
  readonly #key: KeyObject;

  constructor(keyring: Keyring) {
    this.#key = createSecretKey(keyring.derive('attempt counters'));
  }

  /** Guesses at one secret: an account's password, say. */
  guesses(kind: string, ...subject: readonly string[]): Counter {
    return this.counter(kind, guessLimit, subject);
  }

  /** Attempts from one network address. */
  fromAddress(kind: string, ip: string, freeAttempts: number, windowSeconds: number): Counter {
    return this.counter(kind, { freeAttempts, windowSeconds, afterwards: 'window' }, [addressGroup(ip)]);
  }

  /** Counts one attempt. Those who count on several counters name them in the same order everywhere. */
  async count(tx: Transaction, counters: readonly Counter[]): Promise<AttemptVerdict> {
    const counted = await countAttempts(tx, counters);
    const rowOf = ({ kind }: Counter) => counted.find((row) => row.kind === kind);
    const blockedBy = counters.find((counter) => rowOf(counter) === undefined) ?? null;
    // Whoever makes counters also clears some away, so that made-up names do not pile up.
    if (counted.some(({ attempts }) => attempts === 1)) await sweepCounters(tx);
    const waits = counters.map((counter) => [counter, rowOf(counter)?.blocked_seconds ?? 0] as const);
    return {
      blockedBy,
      retryAfterSeconds: blockedBy === null ? 0 : await remainingBlock(tx, blockedBy),
      nextWaitSeconds: new Map(waits),
    };
  }

  /**
   * Counts one mail to a recipient. It takes the same statements whether the recipient is known, new or flooded, so that
   * nobody learns from the time which.
   *
   * @returns whether it may be sent
   */
  async countMail(tx: Transaction, kind: string, recipient: string): Promise<boolean> {
    const short = this.counter(kind, mailLimits.short, [recipient]);
    const long = this.counter(`${kind}.day`, mailLimits.long, [recipient]);
    const passes = await countMessage(tx, short, long);
    await sweepCounters(tx);
    return passes;
  }

  /** So many of something within a window. */
  within(kind: string, freeAttempts: number, windowSeconds: number, ...subject: readonly string[]): Counter {
    return this.counter(kind, { freeAttempts, windowSeconds, afterwards: 'window' }, subject);
  }

  /** The attempt was no failure, or was never judged. */
  takeBack(tx: Transaction, counter: Counter): Promise<void> {
    return takeBackAttempt(tx, counter);
  }

  /** Somebody has proven to be the right one: it makes up for the guesses before; from the address it was no failure. */
  succeed(tx: Transaction, guesses: Counter, address: Counter | null = null): Promise<void> {
    return settleAttempt(tx, address, guesses);
  }

  private counter(kind: string, limit: AttemptLimit, subject: readonly string[]): Counter {
    const keyHash = createHmac('sha256', this.#key)
      .update(JSON.stringify([kind, ...subject]))
      .digest();
    return { kind, keyHash, limit };
  }
}
