import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { issueToken } from '../platform/crypto/secret-token.js';
import { isUuid, newId } from '../platform/crypto/uuid.js';
import { isForeignKeyViolation } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem, permissionDenied, unauthenticated } from '../platform/problems/problems.js';
import { RecentAuthentication } from '../recent-authentication/recent-authentication.service.js';
import type { ApiKey } from './api-key.entity.js';
import {
  type ApiKeyPage,
  apiKeyView,
  type ApiKeyView,
  type CreateApiKey,
  type CreatedApiKeyView,
} from './api-keys.dto.js';
import {
  deleteApiKey,
  findApiKey,
  findApiKeys,
  insertApiKey,
  keepUser,
  listApiKeyPositions,
  lockApiKey,
} from './api-keys.queries.js';
import { canonicalPermissions, decideExpiry, prefixOf } from './api-keys.rules.js';

/** Credentials for programs. What one may do at the time of use is decided where credentials are looked up. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly database: Database,
    private readonly accessControl: AccessControl,
    private readonly changes: GuardedChanges,
    private readonly cursors: Cursors,
    private readonly recent: RecentAuthentication,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor }: PageQuery): Promise<ApiKeyPage> {
    const list = ['api-keys', actor.organization.id];
    const position = this.cursors.decode(list, cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listApiKeyPositions(tx, before, limit + 1);
      const page = this.cursors.page(found, limit, list, (row) => [row.created_at, row.id]);
      const keys = await findApiKeys(
        tx,
        page.rows.map(({ id }) => id),
      );
      return { items: keys.map(apiKeyView), nextCursor: page.nextCursor };
    });
  }

  get(actor: Actor, id: string): Promise<ApiKeyView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const key = isUuid(id) ? await findApiKey(tx, id) : null;
      return apiKeyView(key ?? raise(notFoundProblem()));
    });
  }

  /** @throws Problem `reauthentication_required`, `unknown_permission`, `permission_denied`, `invalid_request` */
  async create(actor: Actor, input: CreateApiKey): Promise<CreatedApiKeyView> {
    // A key outlives the session that it is made with.
    await this.recent.requireRecent(actor);
    return this.changes.run(actor, 'api_key.created', null, async (tx) => {
      // Before any earlier answer is repeated: that may hold a key which is wider than this credential.
      const permissions = canonicalPermissions(input.permissions);
      this.accessControl.requireHoldable(actor, permissions);
      const parent = await this.parentOf(tx, actor);
      const expiresAt = decideExpiry(input.expiresAt, parent, new Date());
      return this.idempotency.once(tx, actor, async () => {
        const id = newId();
        const { token, tokenHash } = issueToken('api-key', tx.organizationId);
        const { name } = input;
        await this.requireCreator(
          insertApiKey(tx, {
            id,
            userId: actor.userId,
            parentId: parent?.id ?? null,
            name,
            prefix: prefixOf(token),
            keyHash: tokenHash,
            permissions,
            expiresAt,
          }),
        );
        const change = { name, permissions, expiresAt, ...(parent !== null && { parent: parent.id }) };
        await this.audit.record(tx, actor, 'api_key.created', { type: 'api-key', id }, change);
        return { ...apiKeyView((await findApiKey(tx, id))!), key: token };
      });
    });
  }

  /** Its own or that of somebody who holds no more than the actor. @throws Problem `not_found`, `permission_denied` */
  delete(actor: Actor, id: string): Promise<void> {
    const target = { type: 'api-key', id };
    return this.changes.run(actor, 'api_key.deleted', target, async (tx) => {
      const { name, userId } = (isUuid(id) ? await lockApiKey(tx, id) : null) ?? raise(notFoundProblem());
      if (userId !== actor.userId) await this.accessControl.requireOutranks(tx, actor, userId);
      const descendants = await deleteApiKey(tx, id);
      const change = { name, createdBy: userId, ...(descendants.length > 0 && { madeWithIt: descendants }) };
      await this.audit.record(tx, actor, 'api_key.deleted', target, change);
    });
  }

  /** The key that the actor uses, if it is one, locked: it may have been deleted since it was shown. */
  private async parentOf(tx: Transaction, actor: Actor): Promise<ApiKey | null> {
    if (actor.kind === 'session') return null;
    if (actor.kind !== 'api-key')
      throw new Problem(permissionDenied, { detail: 'A key would outlive the access token that made it' });
    await keepUser(tx, actor.userId);
    return (await lockApiKey(tx, actor.credentialId)) ?? raise(new Problem(unauthenticated));
  }

  /** The creator may have been deleted since the request came in. */
  private async requireCreator(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (cause) {
      throw isForeignKeyViolation(cause) ? new Problem(unauthenticated, { cause }) : cause;
    }
  }
}
