import { Choice, Id, Moment, Nested, PasswordText, Text } from '../platform/http/properties.js';

export class SignUpRequest {
  @Text({ max: 254, optional: true, example: 'max@acme.example', describe: 'Or a user name, or both' })
  email?: string;

  @Text({ max: 64, optional: true, example: 'max' })
  username?: string;

  @PasswordText()
  password!: string;

  @Text({ max: 200, optional: true, example: 'Max Meier' })
  fullName?: string;
}

export class SignedUpUser {
  @Id()
  id!: string;

  @Text({ max: 254, nullable: true, example: 'max@acme.example' })
  email!: string | null;

  @Text({ max: 64, nullable: true, example: 'max' })
  username!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Meier' })
  fullName!: string | null;

  @Choice(['active'])
  status!: 'active';

  @Moment()
  createdAt!: string;
}

export class SignUpView {
  @Nested(() => SignedUpUser)
  user!: SignedUpUser;
}
