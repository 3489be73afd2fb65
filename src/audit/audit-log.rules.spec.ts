import { describe, expect, it } from '@jest/globals';
import { actionFilterPattern, readActionFilter, readMomentSeconds } from './audit-log.rules.js';

describe('readActionFilter', () => {
  it.each([
    [undefined, null, null],
    ['user.locked', 'user.locked', null],
    ['user.*', null, 'user.'],
  ])('reads %s', (text, exact, prefix) => {
    expect(readActionFilter(text)).toEqual({ exact, prefix });
  });

  it.each(['*', '.*', 'user*', 'user.*.x', 'User.locked', "user.'", ''])('takes no "%s"', (text) => {
    expect(actionFilterPattern.test(text)).toBe(false);
  });
});

describe('readMomentSeconds', () => {
  it.each([
    [undefined, null],
    ['1970-01-01T00:00:01.5Z', 1.5],
    ['1970-01-01T01:00:00+01:00', 0],
    ['0000-01-01T00:00:00Z', -62_167_219_200],
  ])('reads %s', (text, seconds) => {
    expect(readMomentSeconds('from', text)).toBe(seconds);
  });

  it.each(['2027-01-31T00:00:00+99:99', '2027-13-01T00:00:00Z'])('refuses %s', (text) => {
    expect(() => readMomentSeconds('from', text)).toThrow(
      expect.objectContaining({ errors: [{ pointer: '/query/from', detail: 'must be a time that exists' }] }),
    );
  });
});
