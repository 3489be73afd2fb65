import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid, newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { sameJson } from '../platform/json/merge-patch.rules.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import { longestTokens } from '../policies/policies.service.js';
import {
  type ApiResourceRow,
  deleteApiResource,
  findApiResource,
  insertApiResource,
  listApiResources,
  replaceResourceScopes,
  updateApiResource,
} from './api-resources.queries.js';
import { findCustomScopeNamed, lockDefinitions } from './custom-scopes.queries.js';
import { Definitions, requireFreeName } from './definitions.service.js';
import { identifierError, isOwnIdentifier } from './names.rules.js';
import {
  type ApiResourcePage,
  ApiResourceView,
  type CreateApiResourceBody,
  type ResourceScopeBody,
  type UpdateApiResourceBody,
} from './api-resources.dto.js';
import { apiResourceTaken, reservedApiResource, scopeTaken } from './scopes.problems.js';
import type { ResourceScopeEntry } from './scopes.types.js';

const mostResources = 100;

type Settings = Pick<ApiResourceRow, 'name' | 'accessTokenFormat' | 'accessTokenSeconds' | 'scopes'>;

/** APIs that take access tokens of the organization, for those who administer it. */
@Injectable()
export class ApiResources {
  constructor(
    private readonly database: Database,
    private readonly definitions: Definitions,
    private readonly addresses: PublicAddresses,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor }: PageQuery): Promise<ApiResourcePage> {
    const list = ['api-resources', actor.organization.id];
    const position = this.cursors.decode(list, cursor);
    const after = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listApiResources(tx, after, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, (row) => [row.position, row.id]);
      return { items: rows.map(({ position: _position, ...row }) => ApiResourceView.of(row)), nextCursor };
    });
  }

  read(actor: Actor, id: string): Promise<ApiResourceView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      ApiResourceView.of(await this.get(tx, id)),
    );
  }

  /** @throws Problem `invalid_request`, `api_resource_taken`, `reserved_api_resource`, `reserved_scope`, `scope_taken`, `limit_reached` */
  async create(actor: Actor, body: CreateApiResourceBody): Promise<ApiResourceView> {
    const { identifier, name, accessTokenFormat = 'jwt', accessTokenSeconds = null } = body;
    const wrong = identifierError(identifier);
    if (wrong !== null) raiseInvalid([{ pointer: '/identifier', detail: wrong }]);
    if (isOwnIdentifier(identifier, this.addresses.origin)) throw new Problem(reservedApiResource);
    const settings = { name, accessTokenFormat, accessTokenSeconds, scopes: entriesOf(body.scopes ?? []) };
    requireSensible(settings);
    this.definitions.requireFreeScopes(namesOf(settings));
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await this.definitions.begin(tx, 'api_resources', mostResources, 'APIs');
        await requireNoCustomScope(tx, settings);
        const id = newId();
        const { scopes, ...columns } = settings;
        const inserted = insertApiResource(tx, { ...columns, id, identifier, createdBy: actor.userId });
        await requireFreeName(inserted, 'api_resources_identifier_taken', apiResourceTaken);
        await replaceResourceScopes(tx, id, scopes);
        await this.audit.record(tx, actor, 'api_resource.created', targetOf(id), { identifier, ...settings });
        return ApiResourceView.of(await this.get(tx, id));
      }),
    );
  }

  /** @throws Problem `not_found`, `stale`, `invalid_request`, `reserved_scope`, `scope_taken` */
  update(
    actor: Actor,
    id: string,
    body: UpdateApiResourceBody,
    expected: ExpectedVersion,
  ): Promise<ApiResourceView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockDefinitions(tx);
      const row = await this.get(tx, id);
      requireVersion(row.version, expected);
      const before = settingsOf(row);
      const after = {
        name: body.name ?? before.name,
        accessTokenFormat: body.accessTokenFormat ?? before.accessTokenFormat,
        accessTokenSeconds:
          body.accessTokenSeconds === undefined ? before.accessTokenSeconds : body.accessTokenSeconds,
        scopes: body.scopes === undefined ? before.scopes : entriesOf(body.scopes),
      };
      if (sameJson(before, after)) return ApiResourceView.of(row);
      requireSensible(after);
      this.definitions.requireFreeScopes(namesOf(after));
      await requireNoCustomScope(tx, after);
      await updateApiResource(tx, row.id, { ...after, updatedBy: actor.userId });
      await replaceResourceScopes(tx, row.id, after.scopes);
      await this.audit.record(tx, actor, 'api_resource.updated', targetOf(row.id), { before, after });
      return ApiResourceView.of(await this.get(tx, row.id));
    });
  }

  /** @throws Problem `not_found`, `stale` */
  delete(actor: Actor, id: string, expected: ExpectedVersion): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockDefinitions(tx);
      const { id: found, identifier, version } = await this.get(tx, id);
      requireVersion(version, expected);
      await deleteApiResource(tx, found);
      await this.audit.record(tx, actor, 'api_resource.deleted', targetOf(found), { identifier });
    });
  }

  private async get(tx: Transaction, id: string): Promise<ApiResourceRow> {
    return (isUuid(id) ? await findApiResource(tx, id) : null) ?? raise(notFoundProblem());
  }
}

/** @throws Problem `invalid_request` */
function requireSensible({ accessTokenFormat, accessTokenSeconds, scopes }: Settings): void {
  if (accessTokenFormat === 'jwt' && accessTokenSeconds !== null && accessTokenSeconds > longestTokens.jwt)
    raiseInvalid([
      { pointer: '/accessTokenSeconds', detail: `must not be more than ${longestTokens.jwt} for jwt` },
    ]);
  const names = scopes.map(({ name }) => name);
  const repeated = names.findIndex((name, index) => names.indexOf(name) < index);
  if (repeated >= 0) raiseInvalid([{ pointer: `/scopes/${repeated}/name`, detail: 'is there already' }]);
}

/** A scope of the organization's own means the same whatever API is asked for. @throws Problem `scope_taken` */
async function requireNoCustomScope(tx: Transaction, settings: Settings): Promise<void> {
  const taken = await findCustomScopeNamed(tx, namesOf(settings));
  if (taken !== null)
    throw new Problem(scopeTaken, { detail: `${taken} is a scope of the organization itself` });
}

const namesOf = ({ scopes }: Settings): string[] => scopes.map(({ name }) => name);

const entriesOf = (scopes: readonly ResourceScopeBody[]): ResourceScopeEntry[] =>
  scopes.map(({ name, description = null }) => ({ name, description }));

const settingsOf = ({ name, accessTokenFormat, accessTokenSeconds, scopes }: ApiResourceRow): Settings => ({
  name,
  accessTokenFormat,
  accessTokenSeconds,
  scopes,
});

const targetOf = (id: string) => ({ type: 'api-resource', id });
