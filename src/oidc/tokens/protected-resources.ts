import type { Client } from 'oidc-provider';
import type { Database } from '../../platform/database/database.js';
import type { Scopes } from '../../scopes/scopes.service.js';
import type { ResourceEntry } from '../../scopes/scopes.types.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { accessTokenAlgorithm } from './token-holders.js';
import { allowedScopesOf } from './resource-allowance.rules.js';

/** The APIs of an organization, as the engine asks for them. */
export class ProtectedResources {
  constructor(
    private readonly database: Database,
    private readonly scopes: Scopes,
  ) {}

  /** @throws InvalidTarget for what is no API of this organization */
  async infoOf(issuer: Issuer, identifier: string, client: Client): Promise<object> {
    const resource = await this.find(issuer, identifier);
    return infoFor(resource, allowedScopesOf(resource, allowedOf(client)));
  }

  /** The same with what the application was given by name alone. */
  async namedFor(issuer: Issuer, identifier: string, client: Client): Promise<object> {
    const resource = await this.find(issuer, identifier);
    return infoFor(resource, allowedScopesOf(resource, allowedOf(client) ?? []));
  }

  /** The APIs of which an application was given something by name. */
  async callableBy(issuer: Issuer, client: Client): Promise<Set<string>> {
    const allowed = allowedOf(client) ?? [];
    const resources = await this.read(issuer);
    return new Set(
      resources
        .filter((resource) => allowedScopesOf(resource, allowed).length > 0)
        .map(({ identifier }) => identifier),
    );
  }

  private async find(issuer: Issuer, identifier: string): Promise<ResourceEntry> {
    const resource = (await this.read(issuer)).find((candidate) => candidate.identifier === identifier);
    if (resource === undefined) throw new (engine().errors.InvalidTarget)();
    return resource;
  }

  private async read(issuer: Issuer): Promise<readonly ResourceEntry[]> {
    const { resources } = await duringProtocol(() =>
      this.database.forOrganization(issuer.id, (tx) => this.scopes.read(tx)),
    );
    return resources;
  }
}

const allowedOf = (client: Client) => client['tenantry_allowed_scopes'] as string[] | undefined;

const infoFor = (resource: ResourceEntry, scopes: readonly string[]) => ({
  audience: resource.identifier,
  scope: scopes.join(' '),
  accessTokenTTL: resource.accessTokenSeconds,
  accessTokenFormat: resource.accessTokenFormat,
  jwt: { sign: { alg: accessTokenAlgorithm } },
});
