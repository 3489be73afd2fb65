import { describe, expect, it } from '@jest/globals';
import { decideSignIn, owesVerification, type SignInCandidate } from './sign-in.rules.js';

const active: SignInCandidate = {
  passwordHash: '$argon2id$…',
  status: 'active',
  email: 'max@acme.example',
  emailVerifiedAt: null,
};

describe('A sign-in', () => {
  it.each([
    ['with everything right', active, true, null],
    ['of nobody', null, false, 'unknown_user'],
    ['of nobody whose dummy matched', null, true, 'unknown_user'],
    ['with a wrong password', active, false, 'wrong_password'],
    ['without a password to compare', { ...active, passwordHash: null }, false, 'no_password'],
    ['of somebody locked', { ...active, status: 'locked' }, true, 'locked'],
    ['of somebody locked, with a wrong password', { ...active, status: 'locked' }, false, 'wrong_password'],
    ['of somebody deactivated', { ...active, status: 'deactivated' }, true, 'deactivated'],
    ['of somebody initializing', { ...active, status: 'initializing' }, true, 'initializing'],
  ] as const)('%s', (_, account, matches, reason) => {
    expect(decideSignIn(account, matches)).toBe(reason);
  });

  it('owes verification only with an address that is not verified', () => {
    expect(owesVerification(active)).toBe(true);
    expect(owesVerification({ ...active, email: null })).toBe(false);
    expect(owesVerification({ ...active, emailVerifiedAt: new Date() })).toBe(false);
  });
});
