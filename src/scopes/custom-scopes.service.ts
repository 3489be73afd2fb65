import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { sameJson } from '../platform/json/merge-patch.rules.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type { CustomScope } from './custom-scope.entity.js';
import {
  deleteScope,
  findScope,
  findScopeOwner,
  insertScope,
  listScopes,
  lockDefinitions,
  updateScope,
} from './custom-scopes.queries.js';
import { Definitions, requireFreeName } from './definitions.service.js';
import {
  type CreateScopeBody,
  type ScopePage,
  ScopeView,
  type UpdateScopeBody,
} from './custom-scopes.dto.js';
import { scopeTaken } from './scopes.problems.js';

const mostScopes = 200;

/** Scopes of an organization's own, for those who administer it. */
@Injectable()
export class CustomScopes {
  constructor(
    private readonly database: Database,
    private readonly definitions: Definitions,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor }: PageQuery): Promise<ScopePage> {
    const list = ['scopes', actor.organization.id];
    const [afterName = null] = this.cursors.decode(list, cursor) ?? [];
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listScopes(tx, afterName, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, ({ name }) => [name]);
      return { items: rows.map((row) => ScopeView.of(row)), nextCursor };
    });
  }

  read(actor: Actor, scope: string): Promise<ScopeView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      ScopeView.of(await this.get(tx, scope)),
    );
  }

  /** @throws Problem `scope_taken`, `reserved_scope`, `unknown_claim`, `limit_reached` */
  create(actor: Actor, { name, descriptions = {}, claims = [] }: CreateScopeBody): Promise<ScopeView> {
    this.definitions.requireFreeScopes([name]);
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await this.definitions.begin(tx, 'custom_scopes', mostScopes, 'scopes');
        await this.definitions.requireKnownClaims(tx, claims);
        if ((await findScopeOwner(tx, [name])) !== null) throw new Problem(scopeTaken);
        const id = newId();
        const scope = { id, name, descriptions, claims: unique(claims), createdBy: actor.userId };
        await requireFreeName(insertScope(tx, scope), 'custom_scopes_name_taken', scopeTaken);
        const change = { name, descriptions, claims: scope.claims };
        await this.audit.record(tx, actor, 'scope.created', targetOf(id), change);
        return ScopeView.of(await this.get(tx, id));
      }),
    );
  }

  /** @throws Problem `not_found`, `stale`, `unknown_claim` */
  update(actor: Actor, scope: string, body: UpdateScopeBody, expected: ExpectedVersion): Promise<ScopeView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockDefinitions(tx);
      const before = await this.get(tx, scope);
      requireVersion(before.version, expected);
      const { descriptions = before.descriptions } = body;
      const claims = unique(body.claims ?? before.claims);
      await this.definitions.requireKnownClaims(tx, claims);
      const was = { descriptions: before.descriptions, claims: before.claims };
      if (sameJson(was, { descriptions, claims })) return ScopeView.of(before);
      await updateScope(tx, before.id, { descriptions, claims, updatedBy: actor.userId });
      const change = { before: was, after: { descriptions, claims } };
      await this.audit.record(tx, actor, 'scope.updated', targetOf(before.id), change);
      return ScopeView.of(await this.get(tx, before.id));
    });
  }

  /** @throws Problem `not_found`, `stale` */
  delete(actor: Actor, scope: string, expected: ExpectedVersion): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockDefinitions(tx);
      const { id, name, version } = await this.get(tx, scope);
      requireVersion(version, expected);
      await deleteScope(tx, id);
      await this.audit.record(tx, actor, 'scope.deleted', targetOf(id), { name });
    });
  }

  private async get(tx: Transaction, scope: string): Promise<CustomScope> {
    return (couldBeName(scope) ? await findScope(tx, scope) : null) ?? raise(notFoundProblem());
  }
}

/** PostgreSQL chokes on U+0000 in a text. */
const couldBeName = (text: string): boolean => text.length <= 200 && !text.includes('\0');
const unique = (names: readonly string[]): string[] => [...new Set(names)];
const targetOf = (id: string) => ({ type: 'scope', id });
