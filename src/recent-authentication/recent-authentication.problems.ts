import { defineProblem, Problem } from '../platform/problems/problem.js';

export const reauthenticationRequired = defineProblem(
  'reauthentication_required',
  403,
  'It has been too long since the person proved who they are',
);

export const reauthenticationRequiredProblem = (seconds: number): Problem =>
  new Problem(reauthenticationRequired, {
    detail: `This needs a proof of the last ${seconds} seconds: see POST /v1/session/reauthentication`,
  });
