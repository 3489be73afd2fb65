import { PageOf, PageQuery } from '../platform/http/lists.js';
import { Choice, Flag, Id, Integer, Moment, Nested, Text } from '../platform/http/properties.js';
import type { ClaimMapping, ProviderType } from './provider.types.js';
import { providerTypes } from './provider.types.js';
import {
  AcceptsUpstreamMfa,
  AllowedDomains,
  ClaimMappingObject,
  ClientId,
  ClientSecret,
  DisplayName,
  Icon,
  IsEnabled,
  Issuer,
  JustInTime,
  MappedClaimName,
  MappedValue,
  Name,
  NewType,
  nullable,
  optional,
  Scopes,
  Settings,
  TrustedDomains,
  Type,
} from './provider-properties.js';
import type { ProviderRow } from './providers.queries.js';

export class MappedRole {
  @MappedClaimName()
  claim!: string;

  @MappedValue()
  value!: string;

  @Text({ max: 100, example: 'editor', describe: 'Name or id of a role' })
  role!: string;
}

const RoleMappingList = (use: { optional?: boolean } = {}) =>
  Nested(() => MappedRole, {
    ...use,
    list: true,
    maxItems: 200,
    describe: 'Who has that value in that claim gets the role. You must hold what the roles hold',
  });

class ContentOfRequest {
  @DisplayName(optional)
  displayName?: string;

  @Icon(optional)
  icon?: string;

  @IsEnabled(optional)
  isEnabled?: boolean;

  @ClientSecret({ optional: true, nullable: true })
  clientSecret?: string | null;

  @Settings(optional)
  settings?: Record<string, unknown>;

  @Scopes(optional)
  scopes?: string[];

  @ClaimMappingObject(optional)
  claimMapping?: ClaimMapping;

  @RoleMappingList(optional)
  roleMapping?: MappedRole[];

  @AllowedDomains(optional)
  allowedDomains?: string[];

  @TrustedDomains(optional)
  trustedDomains?: string[];

  @JustInTime(optional)
  justInTime?: boolean;

  @AcceptsUpstreamMfa(optional)
  acceptsUpstreamMfa?: boolean;
}

export class CreateProviderBody extends ContentOfRequest {
  @Name()
  name!: string;

  @NewType()
  type!: ProviderType;

  @ClientId()
  clientId!: string;

  @Issuer(optional)
  issuer?: string;
}

export class UpdateProviderBody extends ContentOfRequest {
  @ClientId(optional)
  clientId?: string;
}

export class ProvidersQuery extends PageQuery {
  @Text({ max: 100, optional: true, describe: 'Part of a name', example: 'goo' })
  q?: string;

  @Choice(providerTypes, { optional: true })
  type?: ProviderType;
}

export class ProviderView {
  @Id()
  id!: string;

  @Name()
  name!: string;

  @Type()
  type!: ProviderType;

  @DisplayName()
  displayName!: string;

  @Icon()
  icon!: string;

  @IsEnabled()
  isEnabled!: boolean;

  @ClientId(nullable)
  clientId!: string | null;

  @Flag({ example: true, describe: 'Whether there is a client secret; it is never shown' })
  hasClientSecret!: boolean;

  @Issuer(nullable)
  issuer!: string | null;

  @Settings()
  settings!: Record<string, unknown>;

  @Scopes()
  scopes!: string[];

  @ClaimMappingObject()
  claimMapping!: ClaimMapping;

  @RoleMappingList()
  roleMapping!: MappedRole[];

  @AllowedDomains({})
  allowedDomains!: string[];

  @TrustedDomains({})
  trustedDomains!: string[];

  @JustInTime()
  justInTime!: boolean;

  @AcceptsUpstreamMfa()
  acceptsUpstreamMfa!: boolean;

  @Text({
    max: 2_048,
    format: 'uri',
    example: 'https://tenantry.example/o/acme/providers/callback',
    describe: 'To be registered at the provider; the same for all providers of an organization',
  })
  callbackUrl!: string;

  @Text({
    max: 2_048,
    format: 'uri',
    example: 'https://tenantry.example/o/acme/providers/google/start',
    describe: 'Leads people to the provider and, signed in, to the page of their account',
  })
  startUrl!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of(
    { clientSecret, ...row }: ProviderRow,
    addresses: Pick<ProviderView, 'callbackUrl' | 'startUrl'>,
  ): ProviderView {
    return {
      id: row.id,
      name: row.name,
      type: row.type,
      displayName: row.displayName,
      icon: row.icon,
      isEnabled: row.isEnabled,
      clientId: row.clientId,
      hasClientSecret: clientSecret !== null,
      issuer: row.issuer,
      settings: { ...row.settings },
      scopes: [...row.scopes],
      claimMapping: row.claimMapping,
      roleMapping: row.roleMapping.map(({ claim, value, role }) => ({ claim, value, role })),
      allowedDomains: [...row.allowedDomains],
      trustedDomains: [...row.trustedDomains],
      justInTime: row.justInTime,
      acceptsUpstreamMfa: row.acceptsUpstreamMfa,
      ...addresses,
      version: row.version,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

export class ProviderPage extends PageOf(ProviderView) {}
