import { PageQuery } from '../platform/http/lists.js';
import { Choice, JsonObject, Text, Trimmed } from '../platform/http/properties.js';
import { emailMaxLength, usernameMaxLength } from './identifiers.rules.js';
import { metadataMaxBytes } from './metadata.rules.js';
import { type RoleGrant, RoleGrants } from '../access-control/role-grants.types.js';
import { type UserStatus, userStatuses } from './user.entity.js';
import { userSorts } from './users.rules.js';

export class CreateUser {
  @Text({
    max: emailMaxLength,
    optional: true,
    nullable: true,
    example: 'max@acme.example',
    describe: 'Kept in lower case, an international domain in punycode. This or `username` is needed',
  })
  email?: string | null;

  @Text({
    max: usernameMaxLength,
    optional: true,
    nullable: true,
    example: 'max',
    describe: 'Letters, digits, `.`, `_` and `-`; kept in lower case',
  })
  username?: string | null;

  @Trimmed()
  @Text({ max: 200, optional: true, nullable: true, example: 'Max Meier' })
  fullName?: string | null;

  @Text({ max: 16, optional: true, nullable: true, example: '+4930123456', describe: 'E.164' })
  phoneNumber?: string | null;

  @JsonObject({
    maxBytes: metadataMaxBytes,
    optional: true,
    example: { department: 'sales' },
    describe: 'Whatever you want to keep with the user',
  })
  metadata?: Record<string, unknown>;

  @RoleGrants({
    describe:
      'Roles by name, or with the end of the grant. Left out: the `defaultRole` of the registration policy',
  })
  roles?: RoleGrant[];
}

export class ChangeUser {
  @Text({
    max: emailMaxLength,
    optional: true,
    nullable: true,
    example: 'max.meier@acme.example',
    describe:
      'Another address is pending until the link that is sent to it is confirmed; the present one withdraws it. The ' +
      'first address of a user is set at once, unverified',
  })
  email?: string | null;

  @Text({ max: usernameMaxLength, optional: true, nullable: true, example: 'max.meier' })
  username?: string | null;

  @Trimmed()
  @Text({ max: 200, optional: true, nullable: true, example: 'Max Meier' })
  fullName?: string | null;

  @Text({ max: 16, optional: true, nullable: true, example: '+4930123456' })
  phoneNumber?: string | null;

  @JsonObject({
    maxBytes: metadataMaxBytes,
    optional: true,
    nullable: true,
    example: { department: null, desk: 12 },
    describe: 'Merged into what is there (RFC 7396); null removes a member, or all of them',
  })
  metadata?: Record<string, unknown> | null;
}

export class UsersQuery extends PageQuery {
  @Trimmed()
  @Text({
    max: 200,
    optional: true,
    example: 'meier',
    describe:
      'Part of the e-mail address, user name or full name; under three characters, the beginning of one',
  })
  q?: string;

  @Choice(userStatuses, { optional: true, example: 'active' })
  status?: UserStatus;

  @Text({ max: 64, optional: true, example: 'editor', describe: 'Name of a role given to the user directly' })
  role?: string;

  @Choice(userSorts, { optional: true, example: '-createdAt', describe: '`-createdAt` when left out' })
  sort?: string;
}
