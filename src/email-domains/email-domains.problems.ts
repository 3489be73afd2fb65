import { limitReached } from '../access-control/access-control.problems.js';
import { defineProblem, Problem } from '../platform/problems/problem.js';

export const emailDomainTaken = defineProblem(
  'email_domain_taken',
  409,
  'The organization has this domain already',
);
export const emailDomainNotVerified = defineProblem(
  'email_domain_not_verified',
  422,
  'DNS does not say that the domain is the organization’s',
);
export const unknownProvider = defineProblem('unknown_provider', 422, 'There is no such provider');

export const emailDomainNotVerifiedProblem = (detail: string): Problem =>
  new Problem(emailDomainNotVerified, { detail });

export const unknownProviderProblem = (): Problem =>
  new Problem(unknownProvider, { errors: [{ pointer: '/provider', detail: 'names no provider' }] });

export const tooManyDomainsProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `There are at most ${most} e-mail domains` });
