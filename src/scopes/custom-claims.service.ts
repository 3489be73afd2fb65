import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type { CustomClaim } from './custom-claim.entity.js';
import {
  deleteClaim,
  findClaim,
  insertClaim,
  listClaims,
  lockDefinitions,
  updateClaim,
} from './custom-scopes.queries.js';
import { Definitions, requireFreeName } from './definitions.service.js';
import { isReservedClaim } from './names.rules.js';
import {
  type ClaimPage,
  ClaimView,
  type CreateClaimBody,
  type UpdateClaimBody,
} from './custom-claims.dto.js';
import { claimTaken, reservedClaimProblem } from './scopes.problems.js';

const mostClaims = 100;

/** Claims of an organization's own: what applications learn of people beyond the standard. */
@Injectable()
export class CustomClaims {
  constructor(
    private readonly database: Database,
    private readonly definitions: Definitions,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor }: PageQuery): Promise<ClaimPage> {
    const list = ['claims', actor.organization.id];
    const [afterName = null] = this.cursors.decode(list, cursor) ?? [];
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listClaims(tx, afterName, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, ({ name }) => [name]);
      return { items: rows.map((row) => ClaimView.of(row)), nextCursor };
    });
  }

  read(actor: Actor, claim: string): Promise<ClaimView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      ClaimView.of(await this.get(tx, claim)),
    );
  }

  /** @throws Problem `claim_taken`, `reserved_claim`, `limit_reached` */
  async create(actor: Actor, { name, source, description = null }: CreateClaimBody): Promise<ClaimView> {
    if (isReservedClaim(name)) throw reservedClaimProblem(name);
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await this.definitions.begin(tx, 'custom_claims', mostClaims, 'claims');
        const id = newId();
        const claim = { id, name, source, description, createdBy: actor.userId };
        await requireFreeName(insertClaim(tx, claim), 'custom_claims_name_taken', claimTaken);
        await this.audit.record(tx, actor, 'claim.created', targetOf(id), { name, source, description });
        return ClaimView.of(await this.get(tx, id));
      }),
    );
  }

  /** @throws Problem `not_found`, `stale` */
  update(actor: Actor, claim: string, body: UpdateClaimBody, expected: ExpectedVersion): Promise<ClaimView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockDefinitions(tx);
      const before = await this.get(tx, claim);
      requireVersion(before.version, expected);
      const { source = before.source, description = before.description } = body;
      if (source === before.source && description === before.description) return ClaimView.of(before);
      await updateClaim(tx, before.id, { source, description, updatedBy: actor.userId });
      const change = {
        before: { source: before.source, description: before.description },
        after: { source, description },
      };
      await this.audit.record(tx, actor, 'claim.updated', targetOf(before.id), change);
      return ClaimView.of(await this.get(tx, before.id));
    });
  }

  /** Scopes that bring it do so no more. @throws Problem `not_found`, `stale` */
  delete(actor: Actor, claim: string, expected: ExpectedVersion): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockDefinitions(tx);
      const found = await this.get(tx, claim);
      requireVersion(found.version, expected);
      await deleteClaim(tx, found, actor.userId);
      await this.audit.record(tx, actor, 'claim.deleted', targetOf(found.id), { name: found.name });
    });
  }

  private async get(tx: Transaction, claim: string): Promise<CustomClaim> {
    return (couldBeName(claim) ? await findClaim(tx, claim) : null) ?? raise(notFoundProblem());
  }
}

/** PostgreSQL chokes on U+0000 in a text. */
const couldBeName = (text: string): boolean => text.length <= 200 && !text.includes('\0');
const targetOf = (id: string) => ({ type: 'claim', id });
