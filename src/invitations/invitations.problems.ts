import { defineProblem, Problem } from '../platform/problems/problem.js';

export const invitationClosed = defineProblem('invitation_closed', 409, 'The invitation has ended');
export const invitationOutdated = defineProblem(
  'invitation_outdated',
  409,
  'Whoever invited may not give this any more',
);
export const accountExists = defineProblem(
  'account_exists',
  409,
  'There is an account with this e-mail address',
);

export const invitationClosedProblem = (state: string): Problem =>
  new Problem(invitationClosed, { detail: `It is ${state}` });

/** What exactly is missing is for the administrators, in the audit log. */
export const invitationOutdatedProblem = (cause?: unknown): Problem =>
  new Problem(invitationOutdated, { detail: 'Ask for a new invitation', cause });

export const accountExistsProblem = (): Problem =>
  new Problem(accountExists, { detail: 'Accept the invitation signed in as the user of this address' });
