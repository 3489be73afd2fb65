import { describe, expect, it } from '@jest/globals';
import { claimAt, isSecondFactor, mappingOf, readClaims, readSubject } from './claims.rules.js';

const read = (raw: Record<string, unknown>) => readClaims(raw, mappingOf('oidc', {}), false);

describe('A claim', () => {
  it.each<[unknown, boolean]>([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [1, false],
    ['yes', false],
    [null, false],
    [undefined, false],
  ])('that says of the address %j makes it verified: %s', (value, isVerified) => {
    expect(read({ email: 'max@acme.example', email_verified: value }).emailVerified).toBe(isVerified);
  });

  it.each<[unknown, string | null]>([
    ['Max@ACME.example', 'max@acme.example'],
    ['max@acme.example, olga@acme.example', null],
    ['"max"@acme.example', null],
    [['max@acme.example'], null],
    [undefined, null],
  ])('that is %j is the address %j', (value, email) => {
    expect(read({ email: value }).email).toBe(email);
  });

  it('is one line without anything that hides or turns it, and a picture is an https address', () => {
    const claims = read({ name: ' Max\u0000\n\u202eMember ', picture: 'javascript:alert(1)', locale: 7 });

    expect(claims).toMatchObject({ name: 'Max Member', picture: null, locale: null });
    expect(read({ picture: 'https://pictures.example/max' }).picture).toBe('https://pictures.example/max');
    expect(read({ picture: 'http://127.0.0.1/max' }).picture).toBeNull();
  });

  it('is found by names with dots between them, and never on what all objects have', () => {
    const raw = { 'https://acme.example/groups': ['a'], attributes: { mail: 'x' } };

    expect(claimAt(raw, 'https://acme.example/groups')).toEqual(['a']);
    expect(claimAt(raw, 'attributes.mail')).toBe('x');
    expect(claimAt(raw, 'attributes.constructor')).toBeUndefined();
    expect(claimAt(raw, '__proto__.toString')).toBeUndefined();
    expect(claimAt(raw, 'attributes.mail.length')).toBeUndefined();
  });
});

describe('A subject', () => {
  it.each<[unknown, string | null]>([
    ['Abc ', 'Abc '],
    [42, '42'],
    [1.5, null],
    ['', null],
    [true, null],
    [{}, null],
    ['a\u0000b', null],
    ['x'.repeat(256), null],
    [undefined, null],
  ])('that is given as %j is %j', (sub, subject) => {
    expect(readSubject({ sub }, 'sub')).toBe(subject);
  });
});

describe('A second factor', () => {
  it.each<[string[], string | null, boolean]>([
    [['mfa'], null, true],
    [['pwd', 'otp'], null, true],
    [['hwk', 'fpt'], null, true],
    [['pwd'], null, false],
    [['pwd', 'pin'], null, false],
    [['otp', 'sms'], null, false],
    [[], null, false],
    [['nonsense', 'pwd'], null, false],
    [[], 'urn:strong', true],
    [[], 'urn:weak', false],
  ])('is in the methods %j with the context %j: %s', (amr, acr, isOne) => {
    expect(isSecondFactor(amr, acr, ['urn:strong'])).toBe(isOne);
  });
});
