import { limitReached } from '../access-control/access-control.problems.js';
import { defineProblem, Problem } from '../platform/problems/problem.js';

export const applicationWithoutSecrets = defineProblem(
  'application_without_secrets',
  422,
  'The application proves itself without a secret',
);
export const notAMachine = defineProblem('not_a_machine', 422, 'Only machines hold roles');

export const applicationWithoutSecretsProblem = (method: string): Problem =>
  new Problem(applicationWithoutSecrets, { detail: `Its tokenEndpointAuthMethod is ${method}` });

export const tooManyApplicationsProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `There are at most ${most} applications` });

export const tooManySecretsProblem = (): Problem =>
  new Problem(limitReached, { detail: 'An application has at most two living secrets; delete one' });

export const tooManyRegistrationTokensProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `There are at most ${most} registration tokens` });
