import { describe, expect, it } from '@jest/globals';
import { findFlaws, isConfigurable } from './token-types.rules.js';

describe('Settings of a type of tokens', () => {
  it.each([
    ['the product’s own', { lifetimeSeconds: null, mailTemplate: null }, []],
    ['the shortest life', { lifetimeSeconds: 60, mailTemplate: null }, []],
    ['the longest life', { lifetimeSeconds: 86_400, mailTemplate: 'set-password' }, []],
    ['a life too short', { lifetimeSeconds: 59, mailTemplate: null }, ['/lifetimeSeconds']],
    ['a life too long', { lifetimeSeconds: 86_401, mailTemplate: null }, ['/lifetimeSeconds']],
    [
      'a template without the link',
      { lifetimeSeconds: null, mailTemplate: 'password-changed' },
      ['/mailTemplate'],
    ],
    [
      'the template of another type',
      { lifetimeSeconds: 1, mailTemplate: 'magic-link' },
      ['/lifetimeSeconds', '/mailTemplate'],
    ],
  ])('%s', (_, settings, pointers) => {
    expect(
      findFlaws('password_reset', { codeLength: null, ...settings }, 86_400).map(({ pointer }) => pointer),
    ).toEqual(pointers);
  });

  it.each([
    ['password_reset', null, []],
    ['password_reset', 6, []],
    ['magic_link', 10, []],
    ['email_change', 5, ['/codeLength']],
    ['email_verification', 11, ['/codeLength']],
    ['invitation', null, []],
    ['invitation', 6, ['/codeLength']],
  ] as const)('%s with a code of %s digits', (type, codeLength, pointers) => {
    const settings = { lifetimeSeconds: null, mailTemplate: null, codeLength };

    expect(findFlaws(type, settings, 86_400).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each([
    ['magic_link', true],
    ['setup', false],
    ['constructor', false],
  ])('%s is an organization’s to set: %s', (type, expected) => {
    expect(isConfigurable(type)).toBe(expected);
  });
});
