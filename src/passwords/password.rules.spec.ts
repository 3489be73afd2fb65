import { describe, expect, it } from '@jest/globals';
import { KnownPasswords } from './known-passwords.js';
import { findPasswordFlaws, localPart, wordsOf } from './password.rules.js';

const known = await new KnownPasswords().load();
const ownWords = ['acme', 'tenantry', 'weber', 'quarterly report'];

function flawOf(password: string, minLength = 15): string | undefined {
  const [flaw] = findPasswordFlaws(password, { minLength, ownWords, isKnown: (text) => known.has(text) });
  return flaw?.detail;
}

describe('A new password', () => {
  it.each([
    'correct horse battery staple',
    'violet lantern 57 over Moss Harbor',
    'kV9#tq2!mZw8_rLd',
    'seven grey herons at dawn',
    'Grüße aus dem Süden von Wien',
    '新しい家は川の近くに建っていますよね',
    'my acme badge lives in the drawer',
    '839201847362910',
  ])('may be %p', (password) => {
    expect(flawOf(password)).toBeUndefined();
  });

  it.each([
    ['', 'too short'],
    ['fourteen chars', 'too short: 15 characters are needed, it has 14'],
    ['👍👍👍👍👍👍👍👍👍👍', 'it has 10'],
    ['a'.repeat(257), 'at most 256'],
    ['aaaaaaaaaaaaaaaaaaaa', 'guessed first'],
    ['abcabcabcabcabcabc', 'guessed first'],
    ['PasswordPassword', 'guessed first'],
    ['abcdefghijklmnopqrs', 'guessed first'],
    ['123456789012345', 'guessed first'],
    ['9876543210987654', 'guessed first'],
    ['Password1234567', 'guessed first'],
    ['!!!Password!!!!!!!!!', 'guessed first'],
    ['1qaz2wsx3edc4rfv', 'guessed first'],
    ['acmeacmeacmeacme', 'easy to guess'],
    ['Acme-Weber-Tenantry-1', 'easy to guess'],
    ['Quarterly Report 2027!', 'easy to guess'],
    ['acme123456789012345', 'guessed first'],
  ])('is not %p', (password, reason) => {
    expect(flawOf(password)).toContain(reason);
  });

  it('may be shorter where the policy says so, and is still not a known one', () => {
    expect(flawOf('kV9#tq2!', 8)).toBeUndefined();
    expect(flawOf('baseball', 8)).toContain('guessed first');
    expect(flawOf('BaseBall', 8)).toContain('guessed first');
    expect(flawOf('kV9#tq2', 8)).toContain('too short');
  });

  it('is measured after composing its characters', () => {
    const decomposed = 'e\u0301'.repeat(14);

    expect(flawOf(decomposed)).toContain('it has 14');
  });

  it('is compared with at least 10,000 known ones', () => {
    expect(known.size).toBeGreaterThanOrEqual(10_000);
  });
});

describe('Own words', () => {
  it('are taken from names and addresses, without short ones and doubles', () => {
    expect(wordsOf(['Max Weber', 'max.weber', null, undefined, 'Acme GmbH & Co', 'ACME'])).toEqual([
      'weber',
      'acme',
      'gmbh',
    ]);
  });

  it('are not those of a mail provider', () => {
    expect(localPart('max.weber@mail.example')).toBe('max.weber');
    expect(localPart(null)).toBeNull();
  });
});
