import { Flag, Id, Nested, PasswordText, Text } from '../platform/http/properties.js';
import { SessionView } from '../sessions/session.view.js';

export class SignInRequest {
  @Text({ max: 254, example: 'max@acme.example', describe: 'E-mail address or user name' })
  identifier!: string;

  @PasswordText()
  password!: string;

  @Flag({
    optional: true,
    example: false,
    describe: 'Also set the session cookie, and one that makes the browser a known device',
  })
  cookie?: boolean;

  @Flag({
    optional: true,
    example: false,
    describe:
      'Also answer a `deviceToken`, to be sent as `X-Device-Token` with the next sign-in on this device',
  })
  device?: boolean;
}

export class SignedInUser {
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
}

export class SignInView {
  @Text({ max: 512, example: 'ten_ses_AZnB8mpQfMGdQTqG4NOlxJ…', describe: 'Shown this once' })
  token!: string;

  @Nested(() => SessionView)
  session!: SessionView;

  @Nested(() => SignedInUser)
  user!: SignedInUser;

  @Text({
    max: 512,
    optional: true,
    example: 'ten_dev_AZnB8mpQfMGdQTqG4NOlxJ…',
    describe: 'With `device: true`',
  })
  deviceToken?: string;
}
