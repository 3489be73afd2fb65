import { raiseInvalid } from '../platform/problems/problems.js';
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
  return account?.email ?? canonicalIdentifier(identifier);
}

/** Every spelling of a name is one. */
export function canonicalIdentifier(identifier: string): string {
  const reference = readIdentifier(identifier);
  if (reference?.by === 'email') return reference.email;
  if (reference?.by === 'username') return reference.username;
  return identifier.normalize('NFKC').toLowerCase();
}

/** For whoever reads the documentation of a route that takes codes. */
export const codesDescription =
  'Codes are in mails of organizations that want them (see the types of verification tokens): they live for ten minutes at ' +
  'most and end after five wrong tries. An unknown account gets the answer of a wrong code.';

/** What somebody shows of a mail: the token of its link, or its code together with the account that it went to. */
export type MailProof = { readonly token: string } | { readonly identifier: string; readonly code: string };

/**
 * @param named the property that names the account
 * @throws Problem `invalid_request` for neither and for both
 */
export function readProof<Name extends string>(
  body: { readonly [key in Name | 'token' | 'code']?: string | undefined },
  named: Name,
): MailProof {
  const { token, code, [named]: identifier } = body as Record<string, string | undefined>;
  if (token !== undefined && code === undefined && identifier === undefined) return { token };
  if (token === undefined && code !== undefined && identifier !== undefined) return { identifier, code };
  return raiseInvalid([{ pointer: '/token', detail: `give either token, or ${named} and code` }]);
}

/** @throws Problem `conflict`: a new password would open nothing */
export function requireResettable(status: RecoveryCandidate['status']): void {
  if (status === 'locked' || status === 'deactivated') throw notUsableProblem(status);
}
