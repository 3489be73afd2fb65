import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { findPolicyDocuments } from './policies.queries.js';
import {
  type PolicyDocuments,
  type PolicyKind,
  type PolicyValues,
  settlePolicy,
  type SourcedPolicy,
  valuesOf,
} from './policies.rules.js';

export type { PolicyDocuments, TokensPolicy } from './policies.rules.js';
export { defaultPolicy, longestTokens } from './policies.rules.js';

/** What an organization demands: its own values, the platform's where it has none, else the defaults. */
@Injectable()
export class Policies {
  /** The values that hold in the organization that `tx` is in. */
  async read<Kind extends PolicyKind>(tx: Transaction, kind: Kind): Promise<PolicyValues[Kind]> {
    return valuesOf(await this.readSourced(tx, kind));
  }

  /** The values that hold under documents that somebody has read already. */
  valuesUnder<Kind extends PolicyKind>(kind: Kind, documents: PolicyDocuments<Kind>): PolicyValues[Kind] {
    return valuesOf(settlePolicy(kind, documents));
  }

  /** The same with the source of each. */
  async readSourced<Kind extends PolicyKind>(
    tx: Transaction,
    kind: Kind,
  ): Promise<SourcedPolicy<PolicyValues[Kind]>> {
    return settlePolicy(kind, await findPolicyDocuments(tx, kind));
  }
}
