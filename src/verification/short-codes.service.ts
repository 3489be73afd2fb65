import { createHmac, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';
import type { Transaction } from '../platform/database/transaction.js';
import { addTokenCode, checkCode, codeLengthOf, redeemCode } from './short-codes.queries.js';
import type { CodeType } from './token-types.rules.js';

export { codeLengths, type CodeType } from './token-types.rules.js';

/** What somebody says the code is. Where nobody is known by the name that they gave, the same work is done for nobody. */
export interface CodeGuess {
  readonly type: CodeType;
  readonly userId: string | null;
  readonly code: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Codes of a few digits that say the same as the link in their mail. They are kept as a digest under a key that is not in
 * the database, bound to user and purpose: whoever reads the table learns none, and can move none to another account.
 */
@Injectable()
export class ShortCodes {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  constructor(keyring: Keyring) {
    this.#keys = keyring.deriveAll('short codes');
  }

  /** Digits of codes for this type of tokens; null where the organization wants none. */
  lengthOf(tx: Transaction, type: string): Promise<number | null> {
    return codeLengthOf(tx, type);
  }

  /** Makes a code for a token that was just issued, if the organization wants one. It is nowhere but in this answer. */
  async mint(
    tx: Transaction,
    { type, userId, token }: { type: string; userId: string; token: string },
  ): Promise<{ code: string; lifetimeSeconds: number } | null> {
    const length = await codeLengthOf(tx, type);
    if (length === null) return null;
    const code = String(randomInt(10 ** length)).padStart(length, '0');
    const [key] = this.#keys;
    const seconds = await addTokenCode(tx, type, token, digest(key, tx.organizationId, type, userId, code));
    return seconds === null ? null : { code, lifetimeSeconds: seconds };
  }

  /** Whether it is the right code now, which uses nothing up. Five wrong ones end it, if `tx` commits. */
  async check(tx: Transaction, guess: CodeGuess): Promise<boolean> {
    return (await checkCode(tx, guess.type, guess.userId, this.hashesOf(tx, guess))) !== null;
  }

  /**
   * Exchanges the right code for a token, which everything takes as it takes the one of the link; both are used up with
   * it. Null for every other code: five wrong ones end it, if `tx` commits.
   */
  redeem(tx: Transaction, guess: CodeGuess): Promise<string | null> {
    return redeemCode(tx, guess.type, guess.userId, this.hashesOf(tx, guess));
  }

  /** Under every key of the ring: the code may have been made before the keys were changed. */
  private hashesOf(tx: Transaction, { type, userId, code }: CodeGuess): Buffer[] {
    return this.#keys.map((key) => digest(key, tx.organizationId, type, userId ?? nobody, code));
  }
}

function digest(key: Buffer, ...parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest();
}
