import { defineProblem, Problem } from '../platform/problems/problem.js';
import { permissionDenied, tooManyRequests } from '../platform/problems/problems.js';

export const wrongPassword = defineProblem('wrong_password', 422, 'The current password is wrong');

export const wrongPasswordProblem = (retryAfterSeconds?: number, pointer = '/currentPassword'): Problem =>
  new Problem(wrongPassword, {
    errors: [{ pointer, detail: 'is not the password of this account' }],
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });

export const sessionNeededProblem = (): Problem =>
  new Problem(permissionDenied, { detail: 'An API key cannot do this: a person must be signed in' });

export const tooManyExportsProblem = (retryAfterSeconds: number): Problem =>
  new Problem(tooManyRequests, { detail: 'Ten exports an hour are enough', retryAfterSeconds });

export const tooManyAddressesProblem = (retryAfterSeconds: number): Problem =>
  new Problem(tooManyRequests, { detail: 'Ten other addresses an hour are enough', retryAfterSeconds });

export const tooManyMailsProblem = (): Problem =>
  new Problem(tooManyRequests, {
    detail: 'This address has got enough mails for a while',
    retryAfterSeconds: 600,
  });
