import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import type { Actor } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { Database } from '../platform/database/database.js';
import type { ExpectedVersion } from '../platform/http/if-match.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import type { ApplicationSettings } from './application.types.js';
import { ApplicationChanges, targetOf } from './application-changes.service.js';
import { ApplicationCreation } from './application-creation.service.js';
import { deleteSecrets } from './application-secrets.queries.js';
import {
  type ApplicationPage,
  type ApplicationsQuery,
  ApplicationView,
  type CreateApplicationBody,
  type CreatedApplicationView,
  type UpdateApplicationBody,
} from './applications.dto.js';
import {
  type ApplicationRow,
  deleteApplication,
  listApplications,
  updateApplication,
} from './applications.queries.js';
import {
  decideChangedSettings,
  decideNewSettings,
  differenceOf,
  losesSecrets,
} from './applications.rules.js';
import { readPublicJwks } from './public-keys.js';

/** The applications of an organization, for those who administer it. */
@Injectable()
export class ApplicationAdministration {
  readonly #isDevelopment: boolean;

  constructor(
    @Inject(CONFIG) { server }: Config,
    private readonly database: Database,
    private readonly guarded: GuardedChanges,
    private readonly changes: ApplicationChanges,
    private readonly creation: ApplicationCreation,
    private readonly media: MediaLinks,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {
    this.#isDevelopment = server.environment !== 'production';
  }

  list(
    actor: Actor,
    { limit = defaultPageSize, cursor, q, type }: ApplicationsQuery,
  ): Promise<ApplicationPage> {
    const list = ['applications', actor.organization.id, q ?? null, type ?? null];
    const position = this.cursors.decode(list, cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listApplications(tx, { contains: q, type }, before, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, (row) => [row.position, row.id]);
      return { items: rows.map(({ position: _position, ...row }) => this.viewOf(tx, row)), nextCursor };
    });
  }

  read(actor: Actor, id: string): Promise<ApplicationView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      this.viewOf(tx, await this.changes.get(tx, id)),
    );
  }

  /** @throws Problem `invalid_request`, `unknown_scope`, `permission_denied`, `limit_reached` */
  create(actor: Actor, { type, ...body }: CreateApplicationBody): Promise<CreatedApplicationView> {
    const settings = decideNewSettings(type, inputOf(body), this.#isDevelopment);
    return this.guarded.run(actor, 'application.created', null, async (tx) => {
      // Before any earlier answer is repeated: that may hold the secret of one that may ask for more than this credential.
      await this.changes.requireGivableScopes(tx, actor, null, settings.allowedScopes);
      return this.idempotency.once(tx, actor, async () => {
        const { id, clientSecret } = await this.creation.create(tx, {
          type,
          settings,
          createdBy: actor.userId,
          registrationAccessHash: null,
        });
        await this.audit.record(tx, actor, 'application.created', targetOf(id), { type, ...settings });
        return { ...this.viewOf(tx, await this.changes.get(tx, id)), clientSecret };
      });
    });
  }

  /** @throws Problem `not_found`, `stale`, and as for creating */
  update(
    actor: Actor,
    id: string,
    body: UpdateApplicationBody,
    expectedVersion: ExpectedVersion,
  ): Promise<ApplicationView> {
    return this.changes.run(actor, id, 'application.updated', expectedVersion, async (tx, row) => {
      const before = settingsOf(row);
      const after = decideChangedSettings(row.type, before, inputOf(body), this.#isDevelopment);
      await this.changes.requireGivableScopes(tx, actor, before.allowedScopes, after.allowedScopes);
      const difference = differenceOf(before, after);
      if (difference === null) return this.viewOf(tx, row);
      await updateApplication(tx, row.id, difference.after, actor.userId);
      if (losesSecrets(before, after)) await deleteSecrets(tx, row.id);
      await this.audit.record(tx, actor, 'application.updated', targetOf(row.id), difference);
      return this.viewOf(tx, await this.changes.get(tx, row.id));
    });
  }

  /** @throws Problem `not_found`, `stale`, `permission_denied` */
  delete(actor: Actor, id: string, expectedVersion: ExpectedVersion): Promise<void> {
    return this.changes.run(actor, id, 'application.deleted', expectedVersion, async (tx, row) => {
      await deleteApplication(tx, row.id);
      await this.audit.record(tx, actor, 'application.deleted', targetOf(row.id), {
        name: row.name,
        type: row.type,
      });
    });
  }

  /** A disabled application gets nothing any more. @throws Problem `not_found`, `permission_denied` */
  deactivate(actor: Actor, id: string): Promise<void> {
    return this.setStatus(actor, id, 'disabled', 'application.deactivated');
  }

  /** @throws Problem `not_found`, `permission_denied` */
  reactivate(actor: Actor, id: string): Promise<void> {
    return this.setStatus(actor, id, 'active', 'application.reactivated');
  }

  private setStatus(
    actor: Actor,
    id: string,
    status: ApplicationRow['status'],
    action: string,
  ): Promise<void> {
    return this.changes.run(actor, id, action, null, async (tx, row) => {
      if (row.status === status) return;
      await updateApplication(tx, row.id, { status }, actor.userId);
      await this.audit.record(tx, actor, action, targetOf(row.id), { name: row.name });
    });
  }

  private viewOf(tx: Transaction, row: ApplicationRow): ApplicationView {
    const { logoMediaId } = row;
    return ApplicationView.of(row, logoMediaId === null ? null : this.media.addressOf(tx, logoMediaId));
  }
}

/** What a body says, with its keys read. @throws Problem `invalid_request` */
function inputOf({
  jwks,
  ...body
}: UpdateApplicationBody | Omit<CreateApplicationBody, 'type'>): Partial<ApplicationSettings> {
  return { ...body, ...(jwks !== undefined && { jwks: jwks === null ? null : readPublicJwks(jwks) }) };
}

/** An application without what it is and has beyond its settings. */
export function settingsOf(row: ApplicationRow): ApplicationSettings {
  const {
    id: _id,
    type: _type,
    status: _status,
    logoMediaId: _logoMediaId,
    registeredDynamically: _registeredDynamically,
    version: _version,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    ...settings
  } = row;
  return settings;
}
