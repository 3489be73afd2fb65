import type { MappedClaim } from './claim-names.rules.js';

export type { MappedClaim };

export const providerTypes = ['google', 'github', 'microsoft', 'oidc', 'oauth2', 'organization'] as const;
export type ProviderType = (typeof providerTypes)[number];

/** To where a claim stands in what a provider says: names with dots between them, such as `attributes.mail`. */
export type ClaimMapping = Readonly<Partial<Record<MappedClaim, string>>>;

/** Who has that value in that claim, or among its values, gets the role. */
export interface RoleMapping {
  readonly claim: string;
  readonly value: string;
  readonly roleId: string;
  readonly role: string;
}

/** What a provider says of somebody, by the names of ours; texts without control characters, of bounded length. */
export interface UpstreamClaims {
  /** As we store addresses; null where there is none, or none that is one. */
  readonly email: string | null;
  /** Only what says so in clear counts. */
  readonly emailVerified: boolean;
  readonly username: string | null;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** An https address. */
  readonly picture: string | null;
  readonly locale: string | null;
  /** All that it said, for role mappings. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface UpstreamTokens {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  /** Of the access token; null where it does not say. */
  readonly expiresAt: Date | null;
  readonly scopes: readonly string[];
}

/** Somebody who has come by a provider, whose word was checked. Who they are here is another question. */
export interface UpstreamIdentity {
  readonly providerId: string;
  /** With the subject, who they are for ever. */
  readonly issuer: string;
  readonly subject: string;
  readonly claims: UpstreamClaims;
  readonly tokens: UpstreamTokens;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** Whether that is more than one factor, and the organization takes the provider's word for it. */
  readonly hasSecondFactor: boolean;
}
