import { defineProblem } from '../platform/problems/problem.js';

export const policyContradiction = defineProblem(
  'policy_contradiction',
  422,
  'The values of the policy contradict each other',
);
export const defaultRoleOwner = defineProblem('default_role_owner', 422, 'Not everybody can become an owner');
