import { CodeText, Flag, PasswordText, Text } from '../platform/http/properties.js';

const exampleToken = 'ten_ver_AZnB8mpQfMGdQTqG4NOlxJ…';

export class StartEmailVerification {
  @Text({ max: 254, example: 'max@acme.example' })
  email!: string;
}

export class StartPasswordReset {
  @Text({ max: 254, example: 'max@acme.example', describe: 'E-mail address or user name' })
  identifier!: string;
}

export class StartMagicLink {
  @Text({ max: 254, example: 'max@acme.example' })
  email!: string;
}

/** Either the token, or the code and the account that its mail went to. */
class ConfirmWithMail {
  @Text({
    max: 512,
    optional: true,
    example: exampleToken,
    describe: 'From the link in the mail; or else a code',
  })
  token?: string;

  @CodeText({ optional: true, describe: 'From the mail; or else `token`' })
  code?: string;
}

class ConfirmWithAddress extends ConfirmWithMail {
  @Text({ max: 254, optional: true, example: 'max@acme.example', describe: 'With a code: of the account' })
  email?: string;
}

export class ConfirmEmailVerification extends ConfirmWithAddress {}

export class ConfirmPasswordReset extends ConfirmWithMail {
  @Text({
    max: 254,
    optional: true,
    example: 'max@acme.example',
    describe: 'With a code: e-mail address or user name of the account',
  })
  identifier?: string;

  @PasswordText({
    example: 'seven grey herons at dawn',
    describe: 'At least as long as the password policy says',
  })
  password!: string;
}

export class ConfirmMagicLink extends ConfirmWithAddress {
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

export class StartedPasswordReset {
  @Text({
    max: 2_000,
    optional: true,
    example: `https://id.example/o/acme/password-reset?token=${exampleToken}`,
    describe:
      'For a user without an e-mail address, to be handed over by you. Shown this once; it works once, and not for long',
  })
  link?: string;
}
