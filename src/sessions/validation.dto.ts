import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Moment, Nested, Text } from '../platform/http/properties.js';

/** Access tokens are the longest. */
export const longestToken = 4_096;

export class ValidateSession {
  @Text({
    max: longestToken,
    example: 'ten_ses_AZnB8mpQfMGdQTqG4NOlxJ…',
    describe: 'What the application got from its user: a session token, or a JWT access token',
  })
  token!: string;
}

class ValidatedSession {
  @Id()
  id!: string;

  @Moment()
  expiresAt!: string;

  @Moment()
  authenticatedAt!: string;

  @ApiProperty({ type: [String], example: ['pwd'], description: 'How the person signed in (RFC 8176)' })
  methods!: string[];
}

class ValidatedUser {
  @Id()
  id!: string;

  @Text({ max: 254, nullable: true, example: 'max@acme.example' })
  email!: string | null;

  @Flag({ example: true })
  emailVerified!: boolean;

  @Text({ max: 64, nullable: true, example: 'max' })
  username!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Weber' })
  fullName!: string | null;
}

class ValidatedOrganization {
  @Id()
  id!: string;

  @Text({ max: 63, example: 'acme' })
  slug!: string;
}

class ValidatedApplication {
  @Id({ describe: 'Also its `client_id`' })
  id!: string;

  @Text({ max: 100, example: 'Newsroom' })
  name!: string;
}

/** All but `active` is there only when the session or the token is valid. */
export class ValidationView {
  @Flag({ example: true })
  active!: boolean;

  @Nested(() => ValidatedSession, { optional: true })
  session?: ValidatedSession;

  @Nested(() => ValidatedUser, { optional: true })
  user?: ValidatedUser;

  @Nested(() => ValidatedOrganization, { optional: true })
  organization?: ValidatedOrganization;

  @ApiProperty({ type: [String], required: false, example: ['editor'] })
  roles?: string[];

  @ApiProperty({
    type: [String],
    required: false,
    example: ['articles:publish'],
    description:
      '`*` and `resource:*` are understood. Of an access token for this server those that are held and granted; of one ' +
      'for another API all that are held: what the application may do there, the scopes say',
  })
  permissions?: string[];

  @Nested(() => ValidatedApplication, {
    optional: true,
    describe:
      'Of an access token: the application that has it. One that acts for itself has neither session nor user',
  })
  application?: ValidatedApplication;

  @ApiProperty({
    type: [String],
    required: false,
    example: ['articles:read'],
    description: 'Of an access token: what was granted',
  })
  scopes?: string[];

  @ApiProperty({
    type: [String],
    required: false,
    example: ['https://api.acme.example'],
    description: 'Of an access token: the APIs that it is for. Refuse it unless yours is among them',
  })
  audience?: string[];
}
