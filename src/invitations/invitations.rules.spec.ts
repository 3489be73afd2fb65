import { describe, expect, it } from '@jest/globals';
import { Problem } from '../platform/problems/problem.js';
import {
  decideEnd,
  decideRevocation,
  type InvitationState,
  livingGrants,
  readMessage,
  requireLiving,
} from './invitations.rules.js';

const now = new Date('2026-03-01T12:00:00Z');

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as Problem).kind.code;
  }
}

describe('The end of an invitation', () => {
  it.each([
    [undefined, null],
    [null, null],
    ['2026-03-02T12:00:00Z', new Date('2026-03-02T12:00:00Z')],
    ['2026-03-31T12:00:00Z', new Date('2026-03-31T12:00:00Z')],
  ])('wanted as %s is %s', (wanted, end) => {
    expect(decideEnd(wanted, now)).toEqual(end);
  });

  it.each(['2026-03-01T12:00:00Z', '2020-01-01T00:00:00Z', '2026-03-31T12:00:01Z', '9999-01-01T00:00:00Z'])(
    'is not %s',
    (wanted) => {
      expect(codeOf(() => decideEnd(wanted, now))).toBe('invalid_request');
    },
  );
});

describe('The message', () => {
  it.each([
    [undefined, null],
    [null, null],
    [' \n ', null],
    ['Hello\r\nMax\tMeier ', 'Hello\nMax Meier'],
    ['<b>Hello</b>', '<b>Hello</b>'],
  ])('%j is kept as %j', (text, message) => {
    expect(readMessage(text)).toBe(message);
  });
});

describe('An invitation', () => {
  it.each<[InvitationState, string | null, string]>([
    ['sent', null, 'revoke'],
    ['opened', null, 'revoke'],
    ['expired', 'invitation_closed', 'revoke'],
    ['revoked', 'invitation_closed', 'nothing'],
    ['accepted', 'invitation_closed', 'invitation_closed'],
  ])('that is %s is sent again: %s, revoked: %s', (state, refusal, revocation) => {
    expect(codeOf(() => requireLiving(state))).toBe(refusal);
    let decided: string | null = null;
    const code = codeOf(() => (decided = decideRevocation(state)));
    expect(code ?? decided).toBe(revocation);
  });

  it('gives the roles that have not ended', () => {
    const grants = [
      { role: 'member', expiresAt: null },
      { role: 'guest', expiresAt: now },
      { role: 'editor', expiresAt: new Date(now.getTime() + 1) },
    ];

    expect(livingGrants(grants, now).map(({ role }) => role)).toEqual(['member', 'editor']);
  });
});
