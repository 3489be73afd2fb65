import { describe, expect, it } from '@jest/globals';
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.js';

const token = { kid: 'k', slug: 'acme', organizationId: 'o', version: '1' } as VerifiedToken;

describe('Verified tokens', () => {
  it('are kept by their whole text', () => {
    const tokens = new VerifiedTokens();
    tokens.keep('one', token);

    expect(tokens.get('one')).toBe(token);
    expect(tokens.get('one ')).toBeUndefined();
    tokens.forget('one');
    expect(tokens.get('one')).toBeUndefined();
  });

  it('are a thousand at most: those that were not used for longest go', () => {
    const tokens = new VerifiedTokens();
    for (let number = 0; number < 1_000; number += 1) tokens.keep(`${number}`, token);
    tokens.get('0');

    tokens.keep('1000', token);

    expect([tokens.get('0'), tokens.get('1'), tokens.get('1000')]).toEqual([token, undefined, token]);
  });
});
