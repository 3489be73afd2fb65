import { Flag, Id, Nested, Text } from '../platform/http/properties.js';
import { SessionView } from '../sessions/session.view.js';
import type { SignedIn } from './session-start.service.js';

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

/** @param withDevice whether the client asked for the token of its device */
export function signInView({ token, session, account, device }: SignedIn, withDevice: boolean): SignInView {
  return {
    token,
    session,
    user: {
      id: account.id,
      email: account.email,
      emailVerified: account.emailVerifiedAt !== null,
      username: account.username,
      fullName: account.fullName,
    },
    ...(withDevice && device !== null && { deviceToken: device.token }),
  };
}
