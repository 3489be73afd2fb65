import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import type { Transaction } from '../platform/database/transaction.js';
import { longestTokens, Policies } from '../policies/policies.service.js';
import { claimValue } from './claim-sources.rules.js';
import { findCatalogue, findClaimedPerson } from './scopes.queries.js';
import {
  type ClaimEntry,
  productAudience,
  type ResourceEntry,
  type ScopeCatalogue,
  standardScopes,
} from './scopes.types.js';

/** What applications of an organization can ask for: steps in the transactions of others. */
@Injectable()
export class Scopes {
  constructor(
    private readonly accessControl: AccessControl,
    private readonly policies: Policies,
  ) {}

  /** Everything, beside the standard scopes. Two statements, whatever there is. */
  async read(tx: Transaction): Promise<ScopeCatalogue> {
    const { slug, isPlatform, scopes, claims, resources } = await findCatalogue(tx);
    const policy = await this.policies.read(tx, 'tokens');
    const own = resources.map((resource): ResourceEntry => {
      const { accessTokenFormat: format, accessTokenSeconds } = resource;
      const [usual, longest] =
        format === 'jwt'
          ? [policy.jwtAccessTokenSeconds, longestTokens.jwt]
          : [policy.opaqueAccessTokenSeconds, longestTokens.opaqueAccessToken];
      return {
        ...resource,
        isSystem: false,
        accessTokenSeconds: Math.min(accessTokenSeconds ?? usual, longest),
      };
    });
    const product: ResourceEntry = {
      identifier: productAudience(slug),
      name: 'Tenantry',
      isSystem: true,
      accessTokenFormat: 'jwt',
      accessTokenSeconds: policy.jwtAccessTokenSeconds,
      scopes: this.accessControl
        .productPermissions(isPlatform)
        .map(({ name, description }) => ({ name, description })),
    };
    return { scopes, claims, resources: [product, ...own] };
  }

  /** The first of these scopes that nothing of the organization has, or null. */
  async findUnknown(tx: Transaction, names: readonly string[]): Promise<string | null> {
    if (names.length === 0) return null;
    const { scopes, resources } = await this.read(tx);
    const known = new Set<string>([
      ...standardScopes,
      ...[...scopes, ...resources.flatMap((resource) => resource.scopes)].map(({ name }) => name),
    ]);
    return names.find((name) => !known.has(name)) ?? null;
  }

  /**
   * The scopes that an application may ask for. Permissions of the product are among them by name only: whoever named them
   * held them.
   *
   * @param allowedScopes of the application; null for everything else
   */
  allowedTo({ scopes, resources }: ScopeCatalogue, allowedScopes: readonly string[] | null): string[] {
    const namesOf = (entries: readonly { name: string }[]) => entries.map(({ name }) => name);
    const product = resources
      .filter(({ isSystem }) => isSystem)
      .flatMap((resource) => namesOf(resource.scopes));
    const own = resources.filter(({ isSystem }) => !isSystem).flatMap((resource) => namesOf(resource.scopes));
    const unnamed = [...new Set([...standardScopes, ...namesOf(scopes), ...own])];
    if (allowedScopes === null) return unnamed;
    const known = new Set([...unnamed, ...product]);
    return allowedScopes.filter((name) => known.has(name));
  }

  /**
   * The values of custom claims of one person; a claim without a value is left out.
   *
   * @param claims of the catalogue
   */
  async valuesOf(
    tx: Transaction,
    userId: string,
    claims: readonly ClaimEntry[],
  ): Promise<Record<string, unknown>> {
    const person = claims.length === 0 ? null : await findClaimedPerson(tx, userId);
    if (person === null) return {};
    const values = claims.map(({ name, source }) => [name, claimValue(source, person)] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  }
}
