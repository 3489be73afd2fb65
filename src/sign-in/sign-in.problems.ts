import { defineProblem, Problem } from '../platform/problems/problem.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import type { SignInAccount } from './sign-in.rules.js';

export const invalidCredentials = defineProblem(
  'invalid_credentials',
  401,
  'The identifier or the password is wrong',
);
export const emailUnverified = defineProblem(
  'email_unverified',
  403,
  'The e-mail address is not verified yet',
);

/** With the account that owes its verification, for whoever goes on with it. No answer shows it. */
export class UnverifiedEmail extends Problem {
  constructor(readonly account: SignInAccount) {
    super(emailUnverified);
  }
}

/** One for everything that is wrong; a wait says nothing of the account, since made-up ones are counted alike. */
export const invalidCredentialsProblem = (retryAfterSeconds?: number): Problem =>
  new Problem(invalidCredentials, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });

export const tooManyRequestsProblem = (retryAfterSeconds: number): Problem =>
  new Problem(tooManyRequests, {
    detail: 'Too many attempts came from this address',
    retryAfterSeconds,
  });
