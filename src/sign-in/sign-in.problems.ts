import { defineProblem, Problem } from '../platform/problems/problem.js';
import { tooManyRequests } from '../platform/problems/problems.js';

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

/** One for everything that is wrong; a wait says nothing of the account, since made-up ones are counted alike. */
export const invalidCredentialsProblem = (retryAfterSeconds?: number): Problem =>
  new Problem(invalidCredentials, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });

export const tooManyRequestsProblem = (retryAfterSeconds: number): Problem =>
  new Problem(tooManyRequests, {
    detail: 'Too many attempts came from this address',
    retryAfterSeconds,
  });
