import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Moment, Nested, Text } from '../platform/http/properties.js';

export class ValidateSession {
  @Text({
    max: 512,
    example: 'ten_ses_AZnB8mpQfMGdQTqG4NOlxJ…',
    describe: 'What the application got from its user',
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

/** All but `active` is there only when the session is valid. */
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
    description: '`*` and `resource:*` are understood',
  })
  permissions?: string[];
}
