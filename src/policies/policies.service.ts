import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { findPolicyDocuments } from './policies.queries.js';
import { mergePolicy, type PolicyKind, type PolicyValues, type SourcedPolicy } from './policies.rules.js';

/** What an organization demands: its own values, the platform's where it has none, else the defaults. */
@Injectable()
export class Policies {
  /** The values that hold in the organization that `tx` is in. */
  async read<Kind extends PolicyKind>(tx: Transaction, kind: Kind): Promise<PolicyValues[Kind]> {
    const sourced = Object.entries(await this.readSourced(tx, kind)) as [string, { value: unknown }][];
    return Object.fromEntries(
      sourced.map(([key, { value }]) => [key, value]),
    ) as unknown as PolicyValues[Kind];
  }

  /** The same with the source of each. */
  async readSourced<Kind extends PolicyKind>(
    tx: Transaction,
    kind: Kind,
  ): Promise<SourcedPolicy<PolicyValues[Kind]>> {
    const { own, platform, is_platform: isPlatform } = await findPolicyDocuments(tx, kind);
    return mergePolicy(kind, own, platform, isPlatform);
  }
}
