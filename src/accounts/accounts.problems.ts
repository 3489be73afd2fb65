import { defineProblem, Problem } from '../platform/problems/problem.js';

export const lastSignInMethod = defineProblem(
  'last_sign_in_method',
  409,
  'This is the only way in which the user can sign in',
);
export const upstreamTokenUnavailable = defineProblem(
  'upstream_token_unavailable',
  409,
  'There is no living upstream token of this account',
);

export const lastSignInMethodProblem = (): Problem =>
  new Problem(lastSignInMethod, { detail: 'Set a password or link another account first' });

export const upstreamTokenUnavailableProblem = (detail: string, cause?: unknown): Problem =>
  new Problem(upstreamTokenUnavailable, { detail, cause });
