import { describe, expect, it } from '@jest/globals';
import { isBoundedJson, isTame, maxJsonDepth } from './bounded-json.rules.js';

describe('isBoundedJson', () => {
  it.each([
    [{}, 2],
    [[], 2],
    [{ a: 1 }, 7],
    [{ a: [1, true, null, 'ü\n"'] }, 28],
    [{ a: {}, b: [] }, 15],
  ])('counts %j like its text', (value, bytes) => {
    expect(Buffer.byteLength(JSON.stringify(value))).toBe(bytes);
    expect(isBoundedJson(value, bytes)).toBe(true);
    expect(isBoundedJson(value, bytes - 1)).toBe(false);
  });

  it('counts numbers with all the digits that the database keeps', () => {
    expect(isBoundedJson([1e300], 300)).toBe(false);
    expect(isBoundedJson([1e-300], 300)).toBe(false);
    expect(isBoundedJson([1e300], 310)).toBe(true);
  });

  it.each([
    ['U+0000', 'a\u0000'],
    ['the first half of a surrogate pair', '\ud83d'],
    ['the second half of a surrogate pair', '\ude00'],
  ])('refuses %s in values and names', (_, text) => {
    expect(isBoundedJson({ a: text }, 1_000)).toBe(false);
    expect(isBoundedJson({ [text]: 1 }, 1_000)).toBe(false);
  });

  it('takes a backslash, a u and four zeros', () => {
    expect(isBoundedJson({ a: '\\u0000', b: '😀' }, 1_000)).toBe(true);
  });

  it('bounds the depth, however deep it is', () => {
    expect(isBoundedJson(nested(maxJsonDepth), 100_000)).toBe(true);
    expect(isBoundedJson(nested(maxJsonDepth + 1), 100_000)).toBe(false);
    expect(isBoundedJson(nested(20_000), 1_000_000)).toBe(false);
  });
});

describe('isTame', () => {
  it.each([
    ['an ordinary body', '{"metadata":{"plan":"team","tags":[1,null,{"a":"b"}]}}', true],
    ['text', '"text"', true],
    ['nothing', 'null', true],
    ['a constructor', '{"metadata":{"constructor":1}}', false],
    ['a method of every object', '{"metadata":[{"toString":{}}]}', false],
    ['a prototype', '{"__proto__":{"a":1}}', false],
    ['objects in objects', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, false],
    ['lists in lists', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, false],
  ])('of %s', (_, text, tame) => {
    expect(isTame(JSON.parse(text))).toBe(tame);
  });
});

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}
