import { defineProblem, Problem } from '../platform/problems/problem.js';

/** One answer for a token or a code that is wrong, used, ended, expired, of another type or of another organization. */
export const invalidToken = defineProblem(
  'invalid_token',
  422,
  'The token or code is wrong, used or expired',
);

export const invalidTokenProblem = (): Problem => new Problem(invalidToken);
