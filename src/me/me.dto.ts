import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  CodeText,
  Flag,
  Id,
  Integer,
  Moment,
  Nested,
  PasswordText,
  Text,
  Trimmed,
} from '../platform/http/properties.js';

export class ChangeMe {
  @Trimmed()
  @Text({ max: 200, optional: true, nullable: true, example: 'Max Meier' })
  fullName?: string | null;
}

export class ChangePassword {
  @PasswordText({ example: 'correct horse battery staple' })
  currentPassword!: string;

  @PasswordText({
    example: 'seven grey herons at dawn',
    describe: 'At least as long as the password policy says',
  })
  password!: string;
}

export class ChangeEmail {
  @Text({ max: 254, example: 'max.meier@acme.example' })
  email!: string;

  @PasswordText({
    example: 'correct horse battery staple',
    optional: true,
    describe: 'Not needed by whoever has signed in, or shown anew who they are, not long ago',
  })
  currentPassword?: string;
}

/** Exactly one of the two. */
export class ConfirmEmail {
  @Text({
    max: 512,
    optional: true,
    example: 'ten_ver_AZnB8mpQfMGdQTqG4NOlxJ…',
    describe: 'From the link in the mail; or else `code`',
  })
  token?: string;

  @CodeText({ optional: true, describe: 'From the mail, by whoever is signed in; or else `token`' })
  code?: string;
}

/** For what cannot be undone. */
export class ProveMyself {
  @PasswordText({
    example: 'correct horse battery staple',
    optional: true,
    describe: 'Not needed by whoever has signed in, or shown anew who they are, not long ago',
  })
  currentPassword?: string;
}

export class MyOrganization {
  @Id()
  id!: string;

  @Text({ max: 63, example: 'acme' })
  slug!: string;
}

export class MeView {
  @Id()
  id!: string;

  @Text({ max: 254, nullable: true, example: 'max@acme.example' })
  email!: string | null;

  @Flag({ example: true })
  emailVerified!: boolean;

  @Text({ max: 64, nullable: true, example: 'max' })
  username!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Meier' })
  fullName!: string | null;

  @Text({ max: 16, nullable: true, example: '+4930123456' })
  phoneNumber!: string | null;

  @Text({ max: 2_048, nullable: true, example: null, describe: 'Address of the picture' })
  picture!: string | null;

  @Choice(['active'])
  status!: string;

  @Nested(() => MyOrganization)
  organization!: MyOrganization;

  @ApiProperty({ type: [String], example: ['editor'], description: 'Given directly or through a team' })
  roles!: string[];

  @ApiProperty({
    type: [String],
    example: ['articles:publish'],
    description: 'What this credential may do; `*` and `resource:*` are understood',
  })
  permissions!: string[];

  @Moment({ nullable: true })
  lastLoginAt!: string | null;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 3, describe: 'Also the `ETag`' })
  version!: number;
}
