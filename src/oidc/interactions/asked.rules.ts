import type { ScopeCatalogue } from '../../scopes/scopes.types.js';
import type { Allowed } from '../grants/allowance.rules.js';
import type { AskedResource, AskedScope } from '../oidc-interaction.types.js';
import { askedScopes, resourcesOf } from './interaction-results.rules.js';
import type { InteractionPayload } from './interactions.queries.js';

export interface Asked {
  readonly scopes: readonly AskedScope[];
  readonly resources: readonly AskedResource[];
  /** What is allowed by saying yes. */
  readonly allowed: Allowed;
}

/** What an application asks a person for: who they are, and what to do in their name at which API. */
export function askedOf(payload: InteractionPayload, catalogue: ScopeCatalogue): Asked {
  const asked = askedScopes(payload);
  const resources = resourcesOf(payload).flatMap((identifier) => askedAt(identifier, asked, catalogue));
  const ofResources = new Set(resources.flatMap(({ scopes }) => scopes.map(({ name }) => name)));
  const own = new Map(catalogue.scopes.map((scope) => [scope.name, scope.descriptions]));
  const isKnown = (name: string) => own.has(name) || !ofResources.has(name);
  const scopes = asked.scopes.filter(isKnown).map((name) => ({ name, descriptions: own.get(name) ?? {} }));
  return {
    scopes,
    resources,
    allowed: {
      scopes: scopes.map(({ name }) => name),
      claims: payload.prompt.details.missingOIDCClaims ?? [],
      resources: Object.fromEntries(
        resources.map(({ identifier, scopes: names }) => [identifier, names.map(({ name }) => name)]),
      ),
    },
  };
}

function askedAt(
  identifier: string,
  { scopes, resources }: ReturnType<typeof askedScopes>,
  catalogue: ScopeCatalogue,
): AskedResource[] {
  const resource = catalogue.resources.find((candidate) => candidate.identifier === identifier);
  const names = resources === null ? scopes : (resources[identifier] ?? []);
  const known = resource?.scopes.filter(({ name }) => names.includes(name)) ?? [];
  if (resource === undefined || known.length === 0) return [];
  return [{ identifier, name: resource.name, isSystem: resource.isSystem, scopes: known }];
}
