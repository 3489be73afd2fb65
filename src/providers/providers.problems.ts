import { limitReached } from '../access-control/access-control.problems.js';
import { defineProblem, type FieldError, Problem } from '../platform/problems/problem.js';

export const providerNameTaken = defineProblem(
  'provider_name_taken',
  409,
  'There is a provider of this name',
);
export const providerUnusable = defineProblem(
  'provider_unusable',
  422,
  'What the provider says about itself does not hold',
);
export const providerUnusableProblem = (errors: FieldError[], cause?: unknown): Problem =>
  new Problem(providerUnusable, { errors, cause });

export const tooManyProvidersProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `There are at most ${most} providers` });
