import type { Client } from 'oidc-provider';
import type { Database } from '../../platform/database/database.js';
import type { Scopes } from '../../scopes/scopes.service.js';
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
    const { resources } = await duringProtocol(() =>
      this.database.forOrganization(issuer.id, (tx) => this.scopes.read(tx)),
    );
    const resource = resources.find((candidate) => candidate.identifier === identifier);
    if (resource === undefined) throw new (engine().errors.InvalidTarget)();
    const allowed = client['tenantry_allowed_scopes'] as string[] | undefined;
    return {
      audience: identifier,
      scope: allowedScopesOf(resource, allowed).join(' '),
      accessTokenTTL: resource.accessTokenSeconds,
      accessTokenFormat: resource.accessTokenFormat,
      jwt: { sign: { alg: accessTokenAlgorithm } },
    };
  }
}
