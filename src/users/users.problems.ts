import { defineProblem, Problem } from '../platform/problems/problem.js';
import { conflict, invalidRequest } from '../platform/problems/problems.js';

export const emailTaken = defineProblem('email_taken', 409, 'There is a user with this e-mail address');
export const usernameTaken = defineProblem('username_taken', 409, 'There is a user with this user name');
export const phoneNumberTaken = defineProblem(
  'phone_number_taken',
  409,
  'There is a user with this phone number',
);
export const ownAccount = defineProblem('own_account', 409, 'This cannot be done to the own account');

const kindOfConstraint: Record<string, typeof emailTaken> = {
  users_email_taken: emailTaken,
  users_username_taken: usernameTaken,
  users_phone_number_taken: phoneNumberTaken,
};

/** Two users would have what only one may have. */
export function takenProblem(constraint: string, cause?: unknown): Problem {
  return new Problem(kindOfConstraint[constraint] ?? conflict, { cause });
}

export const invalidIdentifierProblem = (pointer: string, detail: string): Problem =>
  new Problem(invalidRequest, { errors: [{ pointer, detail }] });

export const addressInUseProblem = (): Problem =>
  new Problem(conflict, {
    detail: 'Whoever uses this account gets their mail at this address: change it, it is not taken away',
    errors: [{ pointer: '/email', detail: 'cannot be null once the account is used' }],
  });

export const withoutIdentifierProblem = (): Problem =>
  new Problem(invalidRequest, {
    detail: 'A user needs an e-mail address or a user name',
    errors: [{ pointer: '/email', detail: 'must be there unless username is' }],
  });
