/** What OpenID Connect and this product define; no organization can define them anew. */
export const standardScopes = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'offline_access',
  'organization',
  'roles',
  'permissions',
] as const;

/** What applications that registered themselves may ask for unless somebody says more: who somebody is, and no more. */
export const identityScopes = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access'] as const;

/** A scope of the organization's own. */
export interface ScopeEntry {
  readonly name: string;
  /** By language (BCP 47). */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Names of claims, custom or standard. */
  readonly claims: readonly string[];
}

export interface ClaimEntry {
  readonly name: string;
  readonly source: string;
}

export interface ResourceScopeEntry {
  readonly name: string;
  readonly description: string | null;
}

/** An API that takes access tokens. */
export interface ResourceEntry {
  /** The audience of its tokens. */
  readonly identifier: string;
  readonly name: string;
  /** The product's own API, whose scopes are permissions of the product. */
  readonly isSystem: boolean;
  readonly accessTokenFormat: 'opaque' | 'jwt';
  /** Settled: by itself, else by the policy. */
  readonly accessTokenSeconds: number;
  readonly scopes: readonly ResourceScopeEntry[];
}

/** Everything that applications of one organization can ask for. */
export interface ScopeCatalogue {
  /** Beside the standard ones. */
  readonly scopes: readonly ScopeEntry[];
  readonly claims: readonly ClaimEntry[];
  /** The product's own API first. */
  readonly resources: readonly ResourceEntry[];
}

/** The audience of tokens for the product's own API. */
export const productAudience = (organizationSlug: string): string => `urn:tenantry:${organizationSlug}`;
