import { defineProblem, type FieldError, Problem } from '../platform/problems/problem.js';

export const weakPassword = defineProblem('weak_password', 422, 'The password is too weak');

export const weakPasswordProblem = (errors: FieldError[]): Problem => new Problem(weakPassword, { errors });
