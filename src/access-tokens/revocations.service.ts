import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import {
  mostRevocations,
  type RevocationList,
  type RevocationsQuery,
  revocationView,
} from './revocations.dto.js';
import { listRevocations } from './revocations.queries.js';

/** The list of tokens that died before their end, for services that verify by themselves. */
@Injectable()
export class Revocations {
  constructor(private readonly database: Database) {}

  /** In the order in which they could first be seen, so that nobody who follows it misses one. */
  list(actor: Actor, { after = '0', limit = mostRevocations }: RevocationsQuery): Promise<RevocationList> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const rows = await listRevocations(tx, after, limit);
      return { items: rows.map(revocationView), next: rows.at(-1)?.place ?? after };
    });
  }
}
