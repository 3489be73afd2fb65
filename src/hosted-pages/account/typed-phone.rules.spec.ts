import { describe, expect, it } from '@jest/globals';
import { readTypedPhoneNumber } from './typed-phone.rules.js';

describe('A telephone number that somebody types', () => {
  it.each([
    ['+4930123456', '+4930123456'],
    ['+49 30 123456', '+4930123456'],
    ['0049 30 / 123-456', '+4930123456'],
    ['+49 (0) 30 123 456', '+4930123456'],
    ['+1 (415) 555-0100', '+14155550100'],
    ['＋49 30 123456', '+4930123456'],
    ['030 123456', '030123456'],
    ['call me', 'callme'],
    ['', ''],
  ])('as "%s" is "%s"', (typed, read) => {
    expect(readTypedPhoneNumber(typed)).toBe(read);
  });
});
