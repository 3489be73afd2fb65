import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { issueToken } from '../platform/crypto/secret-token.js';
import { isUuid, newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import { identityScopes } from '../scopes/scopes.types.js';
import { ApplicationChanges } from './application-changes.service.js';
import { hintOf } from './application-creation.service.js';
import { tooManyRegistrationTokensProblem } from './applications.problems.js';
import { decideRegistrationEnd } from './ends.rules.js';
import {
  type CreatedRegistrationTokenView,
  type CreateRegistrationTokenBody,
  type RegistrationTokenPage,
  RegistrationTokenView,
} from './registration-tokens.dto.js';
import {
  deleteRegistrationToken,
  findRegistrationToken,
  findRegistrationTokens,
  insertRegistrationToken,
  listRegistrationTokenPositions,
  lockRegistrationTokenCount,
} from './registration-tokens.queries.js';

const mostTokens = 100;

/** Tokens with which applications register themselves. Without one nobody does. */
@Injectable()
export class RegistrationTokens {
  constructor(
    private readonly database: Database,
    private readonly changes: ApplicationChanges,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor }: PageQuery): Promise<RegistrationTokenPage> {
    const list = ['registration-tokens', actor.organization.id];
    const position = this.cursors.decode(list, cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listRegistrationTokenPositions(tx, before, limit + 1);
      const page = this.cursors.page(found, limit, list, (row) => [row.created_at, row.id]);
      const tokens = await findRegistrationTokens(
        tx,
        page.rows.map(({ id }) => id),
      );
      return { items: tokens.map((token) => RegistrationTokenView.of(token)), nextCursor: page.nextCursor };
    });
  }

  read(actor: Actor, id: string): Promise<RegistrationTokenView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const token = isUuid(id) ? await findRegistrationToken(tx, id) : null;
      return RegistrationTokenView.of(token ?? raise(notFoundProblem()));
    });
  }

  /** @throws Problem `invalid_request`, `unknown_scope`, `limit_reached` */
  create(
    actor: Actor,
    { name, maxUses = 1, ...body }: CreateRegistrationTokenBody,
  ): Promise<CreatedRegistrationTokenView> {
    const expiresAt = decideRegistrationEnd(body.expiresAt, new Date());
    const allowedScopes = [...new Set(body.allowedScopes ?? identityScopes)];
    this.requireNoProductScope(actor, allowedScopes);
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await this.changes.requireGivableScopes(tx, actor, null, allowedScopes);
        if ((await lockRegistrationTokenCount(tx)) >= mostTokens)
          throw tooManyRegistrationTokensProblem(mostTokens);
        const id = newId();
        const { token, tokenHash } = issueToken('registration', tx.organizationId);
        const hint = hintOf(token);
        const createdBy = actor.userId;
        const row = { id, name, hint, tokenHash, allowedScopes, maxUses, expiresAt, createdBy };
        await insertRegistrationToken(tx, row);
        const change = { name, allowedScopes, maxUses, expiresAt };
        await this.audit.record(tx, actor, 'registration_token.created', targetOf(id), change);
        const view = RegistrationTokenView.of((await findRegistrationToken(tx, id))!);
        return { ...view, registrationToken: token };
      }),
    );
  }

  /** What it has registered stays. @throws Problem `not_found` */
  delete(actor: Actor, id: string): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const name = (isUuid(id) ? await deleteRegistrationToken(tx, id) : null) ?? raise(notFoundProblem());
      await this.audit.record(tx, actor, 'registration_token.deleted', targetOf(id), { name });
    });
  }

  /** Nobody has looked at an application that registered itself, so none of them asks for the product's own API. */
  private requireNoProductScope(actor: Actor, names: readonly string[]): void {
    const [first] = this.changes.productScopes(actor, names);
    if (first === undefined) return;
    raiseInvalid([
      { pointer: '/allowedScopes', detail: `must not have ${first}, which is a permission of the product` },
    ]);
  }
}

const targetOf = (id: string) => ({ type: 'registration-token', id });
