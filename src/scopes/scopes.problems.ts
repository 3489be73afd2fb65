import { limitReached } from '../access-control/access-control.problems.js';
import { defineProblem, Problem } from '../platform/problems/problem.js';

export const unknownScope = defineProblem('unknown_scope', 422, 'There is no such scope');
export const unknownClaim = defineProblem('unknown_claim', 422, 'There is no such claim');
export const scopeTaken = defineProblem('scope_taken', 409, 'There is a scope of this name');
export const claimTaken = defineProblem('claim_taken', 409, 'There is a claim of this name');
export const reservedScope = defineProblem('reserved_scope', 422, 'The name of the scope is not free');
export const reservedClaim = defineProblem('reserved_claim', 422, 'The name of the claim is not free');
export const apiResourceTaken = defineProblem(
  'api_resource_taken',
  409,
  'There is an API of this identifier',
);
export const reservedApiResource = defineProblem(
  'reserved_api_resource',
  422,
  'The identifier is one of this server’s own',
);

export const unknownScopeProblem = (scope: string): Problem =>
  new Problem(unknownScope, { detail: `There is no scope ${scope}` });
export const unknownClaimProblem = (claim: string): Problem =>
  new Problem(unknownClaim, { detail: `There is no claim ${claim}` });
export const reservedScopeProblem = (detail: string): Problem => new Problem(reservedScope, { detail });
export const reservedClaimProblem = (claim: string): Problem =>
  new Problem(reservedClaim, {
    detail: `${claim} is a claim of OpenID Connect, of OAuth or of this product`,
  });
export const tooManyProblem = (most: number, what: string): Problem =>
  new Problem(limitReached, { detail: `There are at most ${most} ${what}` });
