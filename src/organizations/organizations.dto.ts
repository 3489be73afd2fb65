import {
  Choice,
  Id,
  JsonObject,
  Moment,
  Nested,
  PasswordText,
  Text,
  Trimmed,
  Integer,
} from '../platform/http/properties.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';
import { slugPattern } from './organizations.rules.js';

const settingsBytes = 16_384;

export class FirstOwner {
  @Text({
    max: 320,
    optional: true,
    example: 'olga@acme.example',
    describe: 'An e-mail address or a user name is needed',
  })
  email?: string;

  @Text({ max: 64, optional: true, example: 'olga' })
  username?: string;

  @Trimmed()
  @Text({ max: 200, optional: true, example: 'Olga Orlova' })
  fullName?: string;

  @PasswordText({ optional: true, describe: 'For scripts; without it the owner sets one by a reset link' })
  password?: string;
}

export class CreateOrganization {
  @Trimmed()
  @Text({ max: 200, example: 'Acme' })
  name!: string;

  @Text({
    max: 63,
    pattern: slugPattern,
    patternText: 'must be lower-case letters, digits and inner hyphens',
    example: 'acme',
    describe: 'Part of the issuer’s address: it cannot be changed',
  })
  slug!: string;

  @Nested(() => FirstOwner, { optional: true })
  owner?: FirstOwner;

  @JsonObject({
    maxBytes: settingsBytes,
    optional: true,
    example: { plan: 'team' },
    describe: 'Whatever you want to keep with it',
  })
  settings?: Record<string, unknown>;
}

export class ChangeOrganization {
  @Trimmed()
  @Text({ max: 200, optional: true, example: 'Acme International' })
  name?: string;

  @JsonObject({ maxBytes: settingsBytes, optional: true, example: { plan: 'enterprise' } })
  settings?: Record<string, unknown>;
}

export class OrganizationsQuery extends PageQuery {
  @Trimmed()
  @Text({ max: 100, optional: true, describe: 'Part of the name or slug', example: 'acme' })
  q?: string;
}

export class OrganizationView {
  @Id()
  id!: string;

  @Text({ max: 200, example: 'Acme' })
  name!: string;

  @Text({ max: 63, example: 'acme' })
  slug!: string;

  @Choice(['active', 'suspended'])
  status!: 'active' | 'suspended';

  @JsonObject({ maxBytes: settingsBytes, example: { plan: 'team' } })
  settings!: Record<string, unknown>;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 1, describe: 'Also the `ETag`' })
  version!: number;
}

export const OrganizationPage = PageOf(OrganizationView);
export type OrganizationPage = InstanceType<typeof OrganizationPage>;
