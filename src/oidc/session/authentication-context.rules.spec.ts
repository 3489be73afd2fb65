import { describe, expect, it } from '@jest/globals';
import { contextClassOf, oneFactor, severalFactors } from './authentication-context.rules.js';

describe('The class of an authentication', () => {
  it.each([
    [['pwd'], oneFactor],
    [['email'], oneFactor],
    [['email', 'pwd'], oneFactor],
    [['pwd', 'pin'], oneFactor],
    [['fed', 'pwd'], oneFactor],
    [[], oneFactor],
    [['pwd', 'otp'], severalFactors],
    [['hwk', 'fpt'], severalFactors],
    [['fed', 'mfa'], severalFactors],
  ])('after %j is %s: methods of one kind are one factor', (methods, expected) => {
    expect(contextClassOf(methods)).toBe(expected);
  });
});
