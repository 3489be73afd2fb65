import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { ApplicationChanges, targetOf } from './application-changes.service.js';
import { ApplicationCreation } from './application-creation.service.js';
import { usesSecrets } from './application-kinds.rules.js';
import {
  type CreateSecretBody,
  type CreatedSecretView,
  type SecretsView,
  SecretView,
} from './application-secrets.dto.js';
import { deleteSecret, findSecrets } from './application-secrets.queries.js';
import { applicationWithoutSecretsProblem } from './applications.problems.js';
import { decideEnd } from './ends.rules.js';

/** Two secrets at most, so that a new one can take over before the old one goes. */
@Injectable()
export class ApplicationSecrets {
  constructor(
    private readonly database: Database,
    private readonly changes: ApplicationChanges,
    private readonly creation: ApplicationCreation,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, applicationId: string): Promise<SecretsView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { id } = await this.changes.get(tx, applicationId);
      return { items: (await findSecrets(tx, id)).map((secret) => SecretView.of(secret)) };
    });
  }

  /** @throws Problem `not_found`, `permission_denied`, `application_without_secrets`, `limit_reached` */
  create(actor: Actor, applicationId: string, body: CreateSecretBody): Promise<CreatedSecretView> {
    const expiresAt = decideEnd(body.expiresAt ?? null, new Date());
    const action = 'application.secret_created';
    return this.changes.run(actor, applicationId, action, null, async (tx, application) =>
      this.idempotency.once(tx, actor, async () => {
        const { id: owner, tokenEndpointAuthMethod: method } = application;
        if (!usesSecrets(method)) throw applicationWithoutSecretsProblem(method);
        const { id, clientSecret } = await this.creation.addSecret(tx, owner, expiresAt, actor.userId);
        const secret = (await findSecrets(tx, owner)).find((living) => living.id === id)!;
        await this.audit.record(tx, actor, action, targetOf(owner), {
          secret: id,
          hint: secret.hint,
          expiresAt,
        });
        return { ...SecretView.of(secret), clientSecret };
      }),
    );
  }

  /** Also the last one: what leaked must not work for a moment longer. @throws Problem `not_found`, `permission_denied` */
  delete(actor: Actor, applicationId: string, secretId: string): Promise<void> {
    const action = 'application.secret_deleted';
    return this.changes.run(actor, applicationId, action, null, async (tx, { id }) => {
      const hint =
        (isUuid(secretId) ? await deleteSecret(tx, id, secretId) : null) ?? raise(notFoundProblem());
      await this.audit.record(tx, actor, action, targetOf(id), { secret: secretId, hint });
    });
  }
}
