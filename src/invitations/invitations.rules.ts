import { raiseInvalid } from '../platform/problems/problems.js';
import { invitationClosedProblem } from './invitations.problems.js';

export const invitationStates = ['sent', 'opened', 'accepted', 'revoked', 'expired'] as const;
export type InvitationState = (typeof invitationStates)[number];

export const messageMaxLength = 500;
export const longestInvitationDays = 30;

/**
 * When a new invitation ends, or null for the organization's usual time.
 *
 * @throws Problem `invalid_request`
 */
export function decideEnd(wanted: string | null | undefined, now: Date): Date | null {
  if (wanted === undefined || wanted === null) return null;
  const end = new Date(wanted);
  if (!(end > now && end.getTime() <= now.getTime() + longestInvitationDays * 86_400_000)) {
    raiseInvalid([
      { pointer: '/expiresAt', detail: `must be in the future, at most ${longestInvitationDays} days away` },
    ]);
  }
  return end;
}

/** What somebody wrote by hand: lines of plain text, or null where nothing is left of it. */
export function readMessage(text: string | null | undefined): string | null {
  const lines = (text ?? '').normalize('NFC').replace(/\r\n?/g, '\n').replaceAll('\t', ' ').trim();
  return lines === '' ? null : lines;
}

/** Whether it can be sent again. @throws Problem `invitation_closed` */
export function requireLiving(state: InvitationState): void {
  if (state !== 'sent' && state !== 'opened') throw invitationClosedProblem(state);
}

/** Whether there is still something to revoke; once accepted there is not. @throws Problem `invitation_closed` */
export function decideRevocation(state: InvitationState): 'revoke' | 'nothing' {
  if (state === 'accepted') throw invitationClosedProblem(state);
  return state === 'revoked' ? 'nothing' : 'revoke';
}

/** The roles that have not ended by the time of acceptance. */
export function livingGrants<Grant extends { readonly expiresAt: Date | null }>(
  grants: readonly Grant[],
  now: Date,
): Grant[] {
  return grants.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}
