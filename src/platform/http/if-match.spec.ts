import { describe, expect, it } from '@jest/globals';
import { Problem } from '../problems/problem.js';
import { readIfMatch, requireVersion } from './if-match.js';

describe('If-Match', () => {
  it.each([
    [undefined, null],
    ['*', null],
    ['"3"', [3]],
    ['"3", "4"', [3, 4]],
    ['"3","4" , "5"', [3, 4, 5]],
    [', "3",, "4",', [3, 4]],
    // Weak tags are never equal in the strong comparison.
    ['W/"3"', []],
    ['W/"3", "4"', [4]],
    // Tags of somebody else; a comma and a star in one are its own.
    ['"a,*b"', []],
    ['"a, "3"', undefined],
    ['"-1"', []],
    ['""', []],
  ])('%j names the versions %j', (header, versions) => {
    expect(readIfMatch(header)).toEqual(versions);
  });

  it.each(['3', '', ' ', ',', '"3', '3"', '"3" "4"', '"3"; "4"', 'w/"3"', '*, "3"', '"3", *', '"a b"'])(
    'is no list of entity tags: %j',
    (header) => {
      expect(readIfMatch(header)).toBeUndefined();
    },
  );

  it('holds for one of the versions, and for any where there is none', () => {
    expect(() => requireVersion(3, null)).not.toThrow();
    expect(() => requireVersion(3, [2, 3])).not.toThrow();
    expect(() => requireVersion(3, [2])).toThrow(Problem);
    expect(() => requireVersion(3, [])).toThrow(Problem);
  });
});
