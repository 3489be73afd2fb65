import { Problem } from '../platform/problems/problem.js';
import { conflict, tooManyRequests } from '../platform/problems/problems.js';

export const tooManyMailsProblem = (): Problem =>
  new Problem(tooManyRequests, {
    detail: 'Too many such mails went to this user: 3 in 10 minutes and 10 a day at most',
    retryAfterSeconds: 600,
  });

export const notUsableProblem = (status: 'locked' | 'deactivated'): Problem =>
  new Problem(conflict, { detail: `The user is ${status}` });
