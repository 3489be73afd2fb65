import { Flag, PasswordText, Text } from '../platform/http/properties.js';

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
