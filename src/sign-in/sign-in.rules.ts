/** Why somebody was not signed in: for the audit log, never for the client. */
export type RefusalReason =
  | 'unknown_user'
  | 'no_password'
  | 'wrong_password'
  | 'initializing'
  | 'locked'
  | 'deactivated'
  | 'email_unverified'
  | 'changed_meanwhile';

export interface SignInCandidate {
  readonly passwordHash: string | null;
  readonly status: 'initializing' | 'active' | 'locked' | 'deactivated';
  readonly email: string | null;
  readonly emailVerifiedAt: Date | null;
}

/** What a sign-in needs to know of a user. */
export interface SignInAccount extends SignInCandidate {
  readonly id: string;
  readonly username: string | null;
  readonly fullName: string | null;
}

/** Whether this person may be signed in: null, or why not. The password was verified (or a dummy for nobody's). */
export function decideSignIn(
  account: SignInCandidate | null,
  passwordMatches: boolean,
): RefusalReason | null {
  if (account === null) return 'unknown_user';
  if (account.passwordHash === null) return 'no_password';
  if (!passwordMatches) return 'wrong_password';
  return account.status === 'active' ? null : account.status;
}

/** Only an account with an address can owe its verification. */
export function owesVerification(account: SignInCandidate): boolean {
  return account.email !== null && account.emailVerifiedAt === null;
}
