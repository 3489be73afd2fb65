import { describe, expect, it } from '@jest/globals';
import { mergeMetadata, sameJson } from './metadata.rules.js';

describe('mergeMetadata', () => {
  // The examples of RFC 7396, appendix A, as far as both sides are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 1 }, null, {}],
  ])('merges into %j the patch %j', (metadata, patch, merged) => {
    expect(mergeMetadata(metadata, patch)).toEqual(merged);
  });

  it('leaves prototypes alone', () => {
    const merged = mergeMetadata({}, JSON.parse('{"__proto__": {"admin": true}}') as Record<string, unknown>);

    expect(Object.hasOwn(merged, '__proto__')).toBe(true);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });

  it('bounds what results', () => {
    const half = { a: 'x'.repeat(9_000) };

    expect(() => mergeMetadata(half, { b: 'x'.repeat(9_000) })).toThrow('malformed');
    expect(mergeMetadata(half, { a: 'y'.repeat(9_000) })).toEqual({ a: 'y'.repeat(9_000) });
  });
});

describe('sameJson', () => {
  it.each([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [{ a: undefined }, { b: undefined }, false],
    [[], {}, false],
    [[1, 2], [2, 1], false],
    [null, {}, false],
    ['1', 1, false],
  ])('of %j and %j: %s', (some, other, same) => {
    expect(sameJson(some, other)).toBe(same);
  });
});
