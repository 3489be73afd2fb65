import { ApiProperty } from '@nestjs/swagger';
import { PageOf } from '../platform/http/lists.js';
import { Choice, Flag, Id, Moment, Nested, Text } from '../platform/http/properties.js';
import { providerTypes } from '../providers/provider.types.js';
import type { LinkedAccountRow } from './linked-accounts.queries.js';

class AccountProviderView {
  @Id()
  id!: string;

  @Text({ max: 40, example: 'google' })
  name!: string;

  @Text({ max: 100, example: 'Google' })
  displayName!: string;

  @Choice(providerTypes)
  type!: string;

  @Text({ max: 32, example: 'google' })
  icon!: string;

  @Flag({ example: true, describe: 'Whether anybody can come by it at the moment' })
  enabled!: boolean;
}

const ways = ['new-user', 'session', 'address', 'reclaim'];

export class LinkedAccountView {
  @Id()
  id!: string;

  @Nested(() => AccountProviderView)
  provider!: AccountProviderView;

  @Text({ max: 2000, example: 'https://accounts.google.com' })
  issuer!: string;

  @Text({
    max: 500,
    example: '110169484474386276334',
    describe: 'With the issuer, who it is there, for ever',
  })
  subject!: string;

  @Text({
    max: 254,
    nullable: true,
    example: 'max@acme.example',
    describe: 'As the provider said last; nothing depends on it',
  })
  email!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Meier' })
  name!: string | null;

  @Choice(ways, { describe: 'How it came to be linked: see “Linking accounts”' })
  linkedThrough!: string;

  @ApiProperty({ type: [String], example: ['openid', 'email'], description: 'Of its token at the provider' })
  scopes!: string[];

  @Flag({
    example: true,
    describe: 'Whether there is a token of the provider, for holders of `accounts:tokens`',
  })
  hasToken!: boolean;

  @Moment()
  linkedAt!: string;

  @Moment({ describe: 'When it was signed in with last' })
  lastUsedAt!: string;
}

export const LinkedAccountPage = PageOf(LinkedAccountView);
export type LinkedAccountPage = InstanceType<typeof LinkedAccountPage>;

/** A secret: whoever has it acts for the person at the provider. */
export class UpstreamTokenView {
  @Text({ max: 32_768, example: 'ya29.a0AfH6SMBx…', describe: 'For the APIs of the provider; a secret' })
  accessToken!: string;

  @ApiProperty({ type: [String], example: ['openid', 'email'] })
  scopes!: string[];

  @Moment({ nullable: true, describe: 'Null where the provider does not say' })
  expiresAt!: string | null;
}

export function linkedAccountView(row: LinkedAccountRow): LinkedAccountView {
  return {
    id: row.id,
    provider: {
      id: row.provider_id,
      name: row.provider_name,
      displayName: row.provider_display_name,
      type: row.provider_type,
      icon: row.provider_icon,
      enabled: row.is_enabled,
    },
    issuer: row.issuer,
    subject: row.subject,
    email: row.profile.email ?? null,
    name: row.profile.name ?? row.profile.username ?? null,
    linkedThrough: row.linked_through,
    scopes: row.scopes,
    hasToken: row.has_token,
    linkedAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
  };
}
