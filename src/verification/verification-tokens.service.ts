import { Injectable } from '@nestjs/common';
import { parseToken } from '../platform/crypto/secret-token.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { ConsumedToken, NewVerificationToken, VerificationTokenType } from './verification-token.js';
import {
  checkToken,
  consumeToken,
  endTokens,
  issueToken,
  mailTemplateOf,
} from './verification-tokens.queries.js';

export type { ConsumedToken, NewVerificationToken, VerificationTokenType } from './verification-token.js';

/** Tokens that are used once, by the functions that any other program with SQL access uses too. */
@Injectable()
export class VerificationTokens {
  /** The token in clear, which is shown this once. Older ones of the same type and subject end, but for the same mail's. */
  issue(tx: Transaction, token: NewVerificationToken): Promise<string> {
    return issueToken(tx, token);
  }

  /** Whether `consume` would take it now. */
  async check(tx: Transaction, type: VerificationTokenType, token: string): Promise<boolean> {
    return isOfOrganization(tx, token) && checkToken(tx, type, token);
  }

  /**
   * Uses the token up, by one conditional UPDATE. Null for one that is wrong, used, ended, expired, of another type or
   * organization, or of a user who is locked or deactivated: the caller answers all of them with `invalidTokenProblem()`.
   */
  async consume(tx: Transaction, type: VerificationTokenType, token: string): Promise<ConsumedToken | null> {
    return isOfOrganization(tx, token) ? consumeToken(tx, type, token) : null;
  }

  /** Ends the user's tokens of these types, or all of them. @returns how many */
  endAllOf(
    tx: Transaction,
    userId: string,
    types: readonly VerificationTokenType[] | null = null,
  ): Promise<number> {
    return endTokens(tx, userId, types);
  }

  /** Name of the template for mails that carry such tokens, as the organization has it. */
  mailTemplateOf(tx: Transaction, type: VerificationTokenType): Promise<string> {
    return mailTemplateOf(tx, type);
  }
}

function isOfOrganization(tx: Transaction, token: string): boolean {
  return parseToken('verification', token)?.organizationId === tx.organizationId;
}
