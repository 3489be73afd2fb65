import { defineProblem, type FieldError, Problem } from '../platform/problems/problem.js';

export const policyContradiction = defineProblem(
  'policy_contradiction',
  422,
  'The values of the policy contradict each other',
);
export const defaultRoleOwner = defineProblem(
  'default_role_owner',
  422,
  'Not everybody who joins can become an owner',
);

export const policyContradictionProblem = (error: FieldError): Problem =>
  new Problem(policyContradiction, { errors: [error] });
