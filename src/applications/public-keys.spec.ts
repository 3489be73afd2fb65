import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readPublicJwks } from './public-keys.js';

const pair = {
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed: generateKeyPairSync('ed25519'),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  weak: generateKeyPairSync('rsa', { modulusLength: 1_024 }),
};
const publicKey = (name: keyof typeof pair): JsonWebKey => pair[name].publicKey.export({ format: 'jwk' });
const privateKey = (name: keyof typeof pair): JsonWebKey => pair[name].privateKey.export({ format: 'jwk' });

const read = (...keys: unknown[]) => readPublicJwks({ keys });
const refusal = (detail: RegExp) =>
  expect.objectContaining({
    errors: [expect.objectContaining({ detail: expect.stringMatching(detail) as unknown })],
  }) as unknown as Error;

describe('Public keys', () => {
  it('are read, without what is not known', () => {
    const ec = { ...publicKey('ec'), kid: 'a', use: 'sig', alg: 'ES256', x5c: ['…'], note: 'mine' };

    const jwks = read(ec, { ...publicKey('ed'), kid: 'b' }, { ...publicKey('rsa'), kid: 'c' });

    expect(jwks.keys[0]).toEqual({ ...publicKey('ec'), kid: 'a', use: 'sig', alg: 'ES256' });
    expect(jwks.keys[1]).toEqual({ ...publicKey('ed'), kid: 'b' });
    expect(jwks.keys[2]).toEqual({ ...publicKey('rsa'), kid: 'c' });
  });

  it.each(['ec', 'ed', 'rsa'] as const)('are refused when they are private: %s', (name) => {
    expect(() => read(privateKey(name))).toThrow(refusal(/private/));
    expect(() => read({ ...publicKey(name), d: '' })).toThrow(refusal(/private/));
  });

  it.each([
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }, /private or a secret/],
    ['a shared secret without it', { kty: 'oct' }, /must be EC/],
    ['RSA of 1024 bits', publicKey('weak'), /2048/],
    ['a point that is not on its curve', { ...publicKey('ec'), x: 'A'.repeat(43) }, /no key/],
    ['a key with half missing', { kty: 'EC', crv: 'P-256', x: publicKey('ec').x }, /no key/],
    ['another curve', { ...publicKey('ec'), crv: 'secp256k1' }, /must be EC/],
    ['a key for encryption', { ...publicKey('rsa'), use: 'enc' }, /signatures/],
    ['another algorithm', { ...publicKey('ec'), alg: 'none' }, /alg/],
    ['an algorithm of another family', { ...publicKey('rsa'), alg: 'HS256' }, /alg/],
    ['a name that breaks lines', { ...publicKey('ec'), kid: 'a\nb' }, /kid/],
    ['a name that is no text', { ...publicKey('ec'), kid: 7 }, /kid/],
    ['an address instead of a key', 'https://example.com/jwks', /must be a key/],
    ['nothing', null, /must be a key/],
    ['a list', [], /must be a key/],
  ])('are refused: %s', (_, key, detail) => {
    expect(() => read(key)).toThrow(refusal(detail));
  });

  it('are 1 to 10, each with a name of its own', () => {
    const named = (kid?: string) => ({ ...publicKey('ec'), ...(kid !== undefined && { kid }) });

    expect(() => read()).toThrow(refusal(/1 to 10/));
    expect(() => read(...Array.from({ length: 11 }, (_, index) => named(`k${index}`)))).toThrow(
      refusal(/1 to 10/),
    );
    expect(() => read(named('a'), named('a'))).toThrow(refusal(/kid/));
    expect(() => read(named('a'), named())).toThrow(refusal(/kid/));
    expect(() => readPublicJwks({ keys: [named()], more: 1 })).toThrow(refusal(/set of keys/));
    expect(() => readPublicJwks([])).toThrow(refusal(/set of keys/));
  });
});
