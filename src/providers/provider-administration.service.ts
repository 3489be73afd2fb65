import { Inject, Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import { ProviderChecks } from './provider-checks.service.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import {
  type CreateProviderBody,
  type MappedRole,
  type ProviderPage,
  type ProvidersQuery,
  ProviderView,
  type UpdateProviderBody,
} from './providers.dto.js';
import { providerNameTaken, tooManyProvidersProblem } from './providers.problems.js';
import {
  bumpProviderVersion,
  deleteProvider,
  insertProvider,
  listProviders,
  lockProvider,
  lockProviderCount,
  type ProviderRow,
  replaceRoleMapping,
  updateProvider,
} from './providers.queries.js';
import {
  changesWhoPeopleAre,
  decideChangedContent,
  type DecidedContent,
  decideIssuer,
  decideNewContent,
  differenceOf,
  mostProviders,
} from './providers.rules.js';
import { Providers } from './providers.service.js';

/** Who may touch owners. */
const ownersPermission = 'owners:write';

/** The upstream identity providers of an organization, for those who administer it. */
@Injectable()
export class ProviderAdministration {
  readonly #isDevelopment: boolean;

  constructor(
    @Inject(CONFIG) { server }: Config,
    private readonly database: Database,
    private readonly guarded: GuardedChanges,
    private readonly accessControl: AccessControl,
    private readonly providers: Providers,
    private readonly checks: ProviderChecks,
    private readonly secrets: ProviderSecrets,
    private readonly addresses: PublicAddresses,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {
    this.#isDevelopment = server.environment !== 'production';
  }

  list(actor: Actor, { limit = defaultPageSize, cursor, q, type }: ProvidersQuery): Promise<ProviderPage> {
    const list = ['providers', actor.organization.id, q ?? null, type ?? null];
    const position = this.cursors.decode(list, cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listProviders(tx, { contains: q, type }, before, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, (row) => [row.position, row.id]);
      return { items: rows.map((row) => this.viewOf(actor, row)), nextCursor };
    });
  }

  read(actor: Actor, reference: string): Promise<ProviderView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      this.viewOf(actor, await this.get(tx, reference)),
    );
  }

  /**
   * @throws Problem `invalid_request`, `provider_unusable` for a discovery document with mistakes, `provider_name_taken`,
   *   `limit_reached`, `unknown_role`, `permission_denied`
   */
  async create(
    actor: Actor,
    { name, type, issuer: given, ...body }: CreateProviderBody,
  ): Promise<ProviderView> {
    const { content, errors } = decideNewContent(type, name, inputOf(body), this.#isDevelopment);
    if (errors.length > 0) raiseInvalid(errors);
    const { issuer, errors: issuerErrors } = decideIssuer(type, given, content.settings, this.#isDevelopment);
    if (issuerErrors.length > 0) raiseInvalid(issuerErrors);
    // Outside of the transaction: nobody waits for a provider with a connection in hand.
    await this.checks.requireUsable({ type, issuer, settings: content.settings });
    return this.guarded.run(actor, 'provider.created', null, async (tx) => {
      this.requireMayTellWho(actor, changesWhoPeopleAre(type, null, content));
      const roles = await this.rolesOf(tx, actor, body.roleMapping ?? []);
      return this.idempotency.once(tx, actor, async () => {
        if ((await lockProviderCount(tx)) >= mostProviders) throw tooManyProvidersProblem(mostProviders);
        const id = newId();
        const clientSecret = this.sealed(tx, id, body.clientSecret ?? null);
        await insertProvider(tx, {
          id,
          name,
          type,
          issuer,
          content,
          clientSecret,
          createdBy: actor.userId,
        }).catch((cause: unknown) => {
          if (violatedUniqueConstraint(cause) === 'oauth_providers_name_taken')
            throw new Problem(providerNameTaken, { cause });
          throw cause;
        });
        if (roles.length > 0) await replaceRoleMapping(tx, id, roles, actor.userId);
        const change = { name, type, issuer, ...content, roleMapping: body.roleMapping ?? [] };
        await this.audit.record(tx, actor, 'provider.created', targetOf(id), change);
        return this.viewOf(actor, await this.get(tx, id));
      });
    });
  }

  /** @throws Problem `not_found`, `stale`, `invalid_request`, `unknown_role`, `permission_denied` */
  update(
    actor: Actor,
    reference: string,
    body: UpdateProviderBody,
    expectedVersion: ExpectedVersion,
  ): Promise<ProviderView> {
    return this.change(actor, reference, 'provider.updated', expectedVersion, async (tx, row) => {
      const before = contentOf(row);
      const { content, errors } = decideChangedContent(row.type, before, inputOf(body), this.#isDevelopment);
      if (errors.length > 0) raiseInvalid(errors);
      this.requireMayTellWho(actor, changesWhoPeopleAre(row.type, before, content));
      const difference = differenceOf(before, content);
      const { clientSecret, roleMapping } = body;
      const secret =
        clientSecret === undefined ? {} : { clientSecret: this.sealed(tx, row.id, clientSecret) };
      if (difference !== null || clientSecret !== undefined)
        await updateProvider(tx, row.id, { ...difference?.after, ...secret }, actor.userId);
      if (roleMapping !== undefined) {
        const roles = await this.rolesOf(tx, actor, roleMapping);
        await replaceRoleMapping(tx, row.id, roles, actor.userId);
      }
      if (difference === null && (roleMapping !== undefined || clientSecret !== undefined))
        await bumpProviderVersion(tx, row.id, actor.userId);
      const change = {
        ...difference,
        ...(clientSecret !== undefined && { clientSecret: clientSecret === null ? 'removed' : 'replaced' }),
        ...(roleMapping !== undefined && { roleMapping }),
      };
      if (Object.keys(change).length > 0)
        await this.audit.record(tx, actor, 'provider.updated', targetOf(row.id), change);
      return this.viewOf(actor, await this.get(tx, row.id));
    });
  }

  /** With the accounts that people have by it. @throws Problem `not_found`, `stale` */
  delete(actor: Actor, reference: string, expectedVersion: ExpectedVersion): Promise<void> {
    return this.change(actor, reference, 'provider.deleted', expectedVersion, async (tx, row) => {
      await deleteProvider(tx, row.id);
      await this.audit.record(tx, actor, 'provider.deleted', targetOf(row.id), {
        name: row.name,
        type: row.type,
      });
    });
  }

  private change<T>(
    actor: Actor,
    reference: string,
    action: string,
    expectedVersion: ExpectedVersion,
    work: (tx: Transaction, row: ProviderRow) => Promise<T>,
  ): Promise<T> {
    return this.guarded.run(actor, action, null, async (tx) => {
      const row = (await lockProvider(tx, reference.toLowerCase().slice(0, 100))) ?? raise(notFoundProblem());
      requireVersion(row.version, expectedVersion);
      return work(tx, row);
    });
  }

  private requireMayTellWho(actor: Actor, isNeeded: boolean): void {
    if (isNeeded) this.accessControl.requireHoldable(actor, [ownersPermission]);
  }

  private async rolesOf(tx: Transaction, actor: Actor, mapping: readonly MappedRole[]) {
    if (mapping.length === 0) return [];
    const grants = mapping.map(({ role }) => ({ role, expiresAt: null }));
    const { roles } = await this.accessControl.resolveGrants(tx, actor, grants);
    const seen = new Set<string>();
    return mapping.flatMap(({ claim, value }, index) => {
      const roleId = roles[index]!.id;
      const key = JSON.stringify([claim, value, roleId]);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ claim, value, roleId }];
    });
  }

  private sealed(tx: Transaction, id: string, secret: string | null): Buffer | null {
    return secret === null ? null : this.secrets.sealClientSecret(tx.organizationId, id, secret);
  }

  private async get(tx: Transaction, reference: string): Promise<ProviderRow> {
    return (await this.providers.find(tx, reference)) ?? raise(notFoundProblem());
  }

  private viewOf({ organization: { slug } }: Actor, row: ProviderRow): ProviderView {
    return ProviderView.of(row, {
      callbackUrl: this.addresses.providerCallback(slug),
      startUrl: this.addresses.providerStart(slug, row.name),
    });
  }
}

const targetOf = (id: string) => ({ type: 'provider', id });

function inputOf({
  clientSecret: _clientSecret,
  roleMapping: _roleMapping,
  ...input
}: UpdateProviderBody | Omit<CreateProviderBody, 'name' | 'type' | 'issuer'>) {
  return input;
}

function contentOf(row: ProviderRow): DecidedContent {
  const { displayName, icon, isEnabled, settings, scopes, claimMapping } = row;
  const { allowedDomains, trustedDomains, justInTime, acceptsUpstreamMfa } = row;
  return {
    displayName,
    icon,
    isEnabled,
    clientId: row.clientId ?? '',
    settings,
    scopes,
    claimMapping,
    allowedDomains,
    trustedDomains,
    justInTime,
    acceptsUpstreamMfa,
  };
}
