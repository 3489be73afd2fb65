import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../platform/crypto/password-hasher.js';
import type { Transaction } from '../platform/database/transaction.js';
import { defaultPolicy, Policies } from '../policies/policies.service.js';
import { KnownPasswords } from './known-passwords.js';
import { findPasswordFlaws, localPart, wordsOf } from './password.rules.js';
import { weakPasswordProblem } from './passwords.problems.js';
import { changePassword, organizationNames } from './passwords.queries.js';

/** Whose password it is to be: what a guesser knows of them. */
export interface PasswordOwner {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly fullName?: string | null | undefined;
}

const productName = 'tenantry';

/** Which passwords are good enough, and their hashes. */
@Injectable()
export class Passwords {
  constructor(
    private readonly policies: Policies,
    private readonly known: KnownPasswords,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @throws Problem `weak_password` saying what is wrong */
  async requireAcceptable(tx: Transaction, password: string, owner: PasswordOwner): Promise<void> {
    const { minLength, blockedWords } = await this.policies.read(tx, 'password');
    const names = await organizationNames(tx);
    const known = await this.known.load();
    const errors = findPasswordFlaws(password, {
      minLength,
      ownWords: [...blockedWords, ...ownWordsOf(owner, names)],
      isKnown: (candidate) => known.has(candidate),
    });
    if (errors.length > 0) throw weakPasswordProblem(errors);
  }

  /** Outside any transaction: it takes a core for a while. @throws Problem `unavailable` when too many hashes wait */
  hash(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /** Whether it is the password; with null (nobody's) false after the same work. @throws Problem `unavailable` */
  verify(storedHash: string | null, password: string): Promise<boolean> {
    return this.hasher.verify(storedHash, password);
  }

  /** Whether new hashes are stronger than this one, or peppered with a newer key. */
  needsRenewal(storedHash: string): boolean {
    return this.hasher.needsRehash(storedHash);
  }

  /**
   * Sets a new password. It ends every session but one, and what else began with the old password.
   *
   * @returns how many sessions have ended, or null when the old one is no longer what was proven
   */
  change(
    tx: Transaction,
    userId: string,
    provenHash: string,
    hash: string,
    keptSessionId: string,
  ): Promise<number | null> {
    return changePassword(tx, userId, provenHash, hash, keptSessionId);
  }
}

/**
 * What is wrong with a password where there is no database yet that could hold another policy: nothing, or one or more
 * sentences.
 */
export async function findFlawsByDefault(
  password: string,
  owner: PasswordOwner,
  organizationNames: readonly string[],
): Promise<string[]> {
  const known = await new KnownPasswords().load();
  const flaws = findPasswordFlaws(password, {
    minLength: defaultPolicy('password', true).minLength,
    ownWords: ownWordsOf(owner, organizationNames),
    isKnown: (candidate) => known.has(candidate),
  });
  return flaws.map(({ detail }) => detail);
}

function ownWordsOf(
  { username, fullName, email }: PasswordOwner,
  organizationNames: readonly string[],
): string[] {
  return wordsOf([productName, ...organizationNames, username, fullName, localPart(email)]);
}
