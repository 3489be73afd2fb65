import { notUsableProblem } from './account-recovery.problems.js';
import { readIdentifier } from '../users/identifiers.rules.js';

/** Why nothing was sent: for the audit log, never for the client. */
export type SilentReason =
  | 'unknown_user'
  | 'no_email'
  | 'initializing'
  | 'locked'
  | 'deactivated'
  | 'verified_already'
  | 'administrator_only'
  | 'switched_off'
  | 'too_many_mails';

export interface RecoveryCandidate {
  readonly status: 'initializing' | 'active' | 'locked' | 'deactivated';
  readonly email: string | null;
  readonly emailVerifiedAt: Date | null;
}

/** Whether a mail that verifies the address goes out: null, or why not. */
export function decideVerification(account: RecoveryCandidate | null): SilentReason | null {
  const reason = decideMail(account);
  return reason ?? (account!.emailVerifiedAt === null ? null : 'verified_already');
}

/** Whether a mail that resets the password goes out, or sets the first one. */
export function decideReset(
  account: RecoveryCandidate | null,
  startedBy: 'self-service' | 'administrator',
): SilentReason | null {
  return startedBy === 'self-service' ? decideMail(account) : 'administrator_only';
}

/** Whether a mail that signs in goes out. Who has never had a password has not taken the account over yet. */
export function decideMagicLink(account: RecoveryCandidate | null, isOn: boolean): SilentReason | null {
  if (!isOn) return 'switched_off';
  return decideMail(account) ?? (account!.status === 'initializing' ? 'initializing' : null);
}

function decideMail(account: RecoveryCandidate | null): SilentReason | null {
  if (account === null) return 'unknown_user';
  if (account.status === 'locked' || account.status === 'deactivated') return account.status;
  return account.email === null ? 'no_email' : null;
}

/** Whose mails are counted: the address of the account; for an unknown one what was typed, in one spelling. */
export function recipientOf(account: RecoveryCandidate | null, identifier: string): string {
  if (account?.email) return account.email;
  const reference = readIdentifier(identifier);
  if (reference?.by === 'email') return reference.email;
  if (reference?.by === 'username') return reference.username;
  return identifier.normalize('NFKC').toLowerCase();
}

/** @throws Problem `conflict`: a new password would open nothing */
export function requireResettable(status: RecoveryCandidate['status']): void {
  if (status === 'locked' || status === 'deactivated') throw notUsableProblem(status);
}
