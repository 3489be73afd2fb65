import { Nested, PasswordText, Text } from '../platform/http/properties.js';
import { SessionView } from '../sessions/session.view.js';

export class Reauthenticate {
  @PasswordText({ example: 'correct horse battery staple' })
  password!: string;
}

export class ReauthenticatedView {
  @Text({
    max: 512,
    optional: true,
    example: 'ten_ses_AZnB8mpQfMGdQTqG4NOlxJ…',
    describe:
      'Takes the place of the token that the request was made with, which is dead. Not for a request with a cookie: the ' +
      'cookie is set anew',
  })
  token?: string;

  @Nested(() => SessionView)
  session!: SessionView;
}
