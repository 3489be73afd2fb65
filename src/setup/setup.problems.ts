import { defineProblem } from '../platform/problems/problem.js';

export const invalidToken = defineProblem('invalid_token', 422, 'The token is wrong, used or expired');
