import { describe, expect, it } from '@jest/globals';
import {
  canonicalLocale,
  type ClaimedMail,
  decideSending,
  delayAfter,
  judgeFailure,
  keptAnswer,
  localesToTry,
  presentableName,
} from './mail-delivery.rules.js';

const now = new Date('2027-01-10T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

const reset: ClaimedMail = {
  organizationStatus: 'active',
  queuedAt: hoursAgo(1),
  toEmail: 'max@acme.example',
  tokenType: 'password_reset',
  userId: 'max',
  userEmail: 'max@acme.example',
  userPendingEmail: null,
};

describe('decideSending', () => {
  it.each<[string, Partial<ClaimedMail>, 'wait' | 'never' | undefined]>([
    ['what is as it was', {}, undefined],
    ['a mail of a suspended organization', { organizationStatus: 'suspended' }, 'wait'],
    ['a mail that waited too long', { queuedAt: hoursAgo(73) }, 'never'],
    ['a link to an address that the user has left', { userEmail: 'new@acme.example' }, 'never'],
    ['a link to a user who has no address', { userEmail: null }, 'never'],
    [
      'the confirmation of a new address',
      { tokenType: 'email_change', toEmail: 'new@acme.example', userPendingEmail: 'new@acme.example' },
      undefined,
    ],
    ['the confirmation of one that was taken back', { tokenType: 'email_change' }, 'never'],
    ['a notice to an old address', { tokenType: null, userEmail: 'new@acme.example' }, undefined],
    ['an invitation', { tokenType: 'invitation', userId: null, userEmail: null }, undefined],
  ])('judges %s', (_, differing, verdict) => {
    expect(decideSending({ ...reset, ...differing }, now)?.verdict).toBe(verdict);
  });
});

describe('delayAfter', () => {
  it.each([
    [1, 0, 30],
    [2, 0, 60],
    [5, 0, 480],
    [10, 8, 15_360],
    [11, 20, 21_600],
    [300, 60, 21_600],
    [15, 67, null],
  ])('after attempt %d, %d hours in, waits %d seconds', (attempts, hours, delay) => {
    expect(delayAfter(attempts, hoursAgo(hours), now)).toBe(delay);
  });
});

describe('judgeFailure', () => {
  it.each([
    ['RCPT TO', 550, undefined, 'never'],
    ['DATA', 554, undefined, 'never'],
    ['MAIL FROM', 553, undefined, 'never'],
    ['RCPT TO', 450, undefined, 'wait'],
    ['MAIL FROM', 530, undefined, 'wait'],
    ['AUTH PLAIN', 535, 'EAUTH', 'wait'],
    ['CONN', 554, 'EPROTOCOL', 'wait'],
    [undefined, undefined, 'ECONNREFUSED', 'wait'],
    [undefined, undefined, 'ETIMEDOUT', 'wait'],
  ])('at %s, answer %s, code %s: %s', (command, responseCode, code, verdict) => {
    expect(judgeFailure({ message: 'it failed', command, responseCode, code }).verdict).toBe(verdict);
  });
});

describe('keptAnswer', () => {
  it('keeps neither tokens nor links nor control characters, and not all of a book', () => {
    const answer = `550 spam:\r\nhttps://login.example/o/acme?token=ten_ver_AbC-_1 and ten_ver_AbC-_1 ${'x'.repeat(1_000)}`;

    expect(keptAnswer(answer)).toMatch(/^550 spam: \[link\] and \[token\] x+$/);
    expect(keptAnswer(answer)).toHaveLength(500);
  });
});

describe('presentableName', () => {
  it.each([
    ['Max Member', 'Max Member'],
    ['Zoë Łukasz 山田', 'Zoë Łukasz 山田'],
    ["J. R. O'Neil-Smith Jr.", "J. R. O'Neil-Smith Jr."],
    ['Max\r\nBcc: x', null],
    ['Max\tMember', 'Max Member'],
    ['visit evil.example', null],
    ['www.evil', null],
    ['You win at win24.com', null],
    ['evil-.com', null],
    ['evil\u00ad.\u200bexample', null],
    ['evil．example', null],
    ['evil。example', null],
    ['evil.भारत', null],
    ['evil1.xn--p1ai', null],
    ['93.184.216.34', null],
    ['Max 2.0', 'Max 2.0'],
    ['Max\u202eMember', 'Max Member'],
    ['max@acme.example', null],
    ['<b>Max</b>', null],
    ['https://x', null],
    ['x'.repeat(101), null],
    ['', null],
    [null, null],
  ])('shows %j as %j', (name, shown) => {
    expect(presentableName(name)).toBe(shown);
  });
});

describe('localesToTry', () => {
  it.each([
    ['de-AT', 'fr', ['de-AT', 'de', 'fr', 'en']],
    ['DE_at', null, ['de-AT', 'de', 'en']],
    [null, 'de', ['de', 'en']],
    ['en-GB', 'en', ['en-GB', 'en']],
    ['../../etc', 'x', ['en']],
    [null, null, ['en']],
  ])('for %s in an organization of %s: %j', (wanted, organization, expected) => {
    expect(localesToTry(wanted, organization)).toEqual(expected);
  });

  it.each([
    ['zh-Hant-TW', 'zh-TW'],
    ['sr-Latn', 'sr'],
    ['de-1996', 'de'],
    ['d', null],
    ['', null],
  ])('takes %s for %s', (locale, canonical) => {
    expect(canonicalLocale(locale)).toBe(canonical);
  });
});
