import type { Grant } from '../access-control/access-control.service.js';
import { PageOf } from '../platform/http/lists.js';
import { Choice, Flag, Id, Integer, JsonObject, Moment, Nested, Text } from '../platform/http/properties.js';
import { emailMaxLength, usernameMaxLength } from './identifiers.rules.js';
import { metadataMaxBytes } from './metadata.rules.js';
import { type User, type UserStatus, userStatuses } from './user.entity.js';

export class UserRoleView {
  @Text({ max: 64, example: 'editor' })
  role!: string;

  @Moment({ nullable: true, describe: 'When the role ends; null for one that is given for good' })
  expiresAt!: string | null;
}

export class UserView {
  @Id()
  id!: string;

  @Text({ max: emailMaxLength, nullable: true, example: 'max@acme.example' })
  email!: string | null;

  @Flag({ example: true, describe: 'Whether the person has shown that the address is theirs' })
  emailVerified!: boolean;

  @Text({
    max: emailMaxLength,
    nullable: true,
    example: null,
    describe: 'Takes the place of `email` once the link that was sent to it is confirmed',
  })
  pendingEmail!: string | null;

  @Text({ max: usernameMaxLength, nullable: true, example: 'max' })
  username!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Meier' })
  fullName!: string | null;

  @Text({ max: 16, nullable: true, example: '+4930123456' })
  phoneNumber!: string | null;

  @Text({
    max: 2_048,
    nullable: true,
    example: null,
    describe: 'Address of the picture, open to whoever knows it',
  })
  picture!: string | null;

  @Choice(userStatuses, { example: 'active', describe: '`initializing` until there is a password' })
  status!: UserStatus;

  @JsonObject({ maxBytes: metadataMaxBytes, example: { department: 'sales' } })
  metadata!: Record<string, unknown>;

  @Nested(() => UserRoleView, {
    list: true,
    describe: 'Roles given to the user directly, not through a team',
  })
  roles!: UserRoleView[];

  @Moment({ nullable: true })
  lastLoginAt!: string | null;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  @Id({ nullable: true, describe: 'The user who created it; null for somebody who signed up' })
  createdBy!: string | null;

  @Id({ nullable: true })
  updatedBy!: string | null;

  @Integer({ min: 1, max: 2_147_483_647, example: 3, describe: 'Also the `ETag`' })
  version!: number;
}

export const UserPage = PageOf(UserView);
export type UserPage = InstanceType<typeof UserPage>;

export function userView(user: User, roles: readonly Grant[], picture: string | null): UserView {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerifiedAt !== null,
    pendingEmail: user.pendingEmail,
    username: user.username,
    fullName: user.fullName,
    phoneNumber: user.phoneNumber,
    picture,
    status: user.status,
    metadata: user.metadata,
    roles: roles.map(({ role, expiresAt }) => ({ role, expiresAt: expiresAt?.toISOString() ?? null })),
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
    createdBy: user.createdBy,
    updatedBy: user.updatedBy,
    version: user.version,
  };
}
