import { defineProblem, Problem } from '../platform/problems/problem.js';

export const registrationClosed = defineProblem(
  'registration_closed',
  403,
  'The organization does not take sign-ups',
);
export const emailDomainNotAllowed = defineProblem(
  'email_domain_not_allowed',
  422,
  'The organization does not take e-mail addresses of this domain',
);

export const emailDomainNotAllowedProblem = (detail: string): Problem =>
  new Problem(emailDomainNotAllowed, { errors: [{ pointer: '/email', detail }] });
