import { describe, expect, it } from '@jest/globals';
import {
  decideMagicLink,
  decideReset,
  decideVerification,
  recipientOf,
  type RecoveryCandidate,
  requireResettable,
} from './account-recovery.rules.js';

const max: RecoveryCandidate = { status: 'active', email: 'max@acme.example', emailVerifiedAt: null };
const verified = { ...max, emailVerifiedAt: new Date() };
const nameless = { ...max, email: null };
const waiting: RecoveryCandidate = { ...max, status: 'initializing' };
const locked: RecoveryCandidate = { ...max, status: 'locked' };
const gone: RecoveryCandidate = { ...max, status: 'deactivated' };

describe('Who gets a mail', () => {
  it.each([
    [null, 'unknown_user'],
    [max, null],
    [waiting, null],
    [verified, 'verified_already'],
    [nameless, 'no_email'],
    [locked, 'locked'],
    [gone, 'deactivated'],
  ])('that verifies: %j', (account, reason) => {
    expect(decideVerification(account)).toBe(reason);
  });

  it.each([
    [null, 'self-service', 'unknown_user'],
    [max, 'self-service', null],
    [waiting, 'self-service', null],
    [nameless, 'self-service', 'no_email'],
    [locked, 'self-service', 'locked'],
    [gone, 'self-service', 'deactivated'],
    [max, 'administrator', 'administrator_only'],
    [null, 'administrator', 'administrator_only'],
  ] as const)('that resets: %j, started by %s', (account, startedBy, reason) => {
    expect(decideReset(account, startedBy)).toBe(reason);
  });

  it.each([
    [null, true, 'unknown_user'],
    [max, true, null],
    [waiting, true, 'initializing'],
    [nameless, true, 'no_email'],
    [locked, true, 'locked'],
    [max, false, 'switched_off'],
    [null, false, 'switched_off'],
  ] as const)('that signs in: %j, where it is on: %s', (account, isOn, reason) => {
    expect(decideMagicLink(account, isOn)).toBe(reason);
  });
});

describe('Mails are counted', () => {
  it.each([
    [max, 'max', 'max@acme.example'],
    [null, 'No-One@ACME.example', 'no-one@acme.example'],
    [null, 'Nobody', 'nobody'],
    [null, 'no name', 'no name'],
    [nameless, 'Max', 'max'],
  ])('for %j named %s as %s', (account, identifier, recipient) => {
    expect(recipientOf(account, identifier)).toBe(recipient);
  });
});

describe('An administrator', () => {
  it.each(['locked', 'deactivated'] as const)('resets no password of who is %s', (status) => {
    expect(() => requireResettable(status)).toThrow(status);
  });

  it.each(['initializing', 'active'] as const)('resets the password of who is %s', (status) => {
    expect(() => requireResettable(status)).not.toThrow();
  });
});
