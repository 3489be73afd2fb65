import { describe, expect, it } from '@jest/globals';
import * as native from '@node-rs/argon2';
import * as portable from 'argon2';
import { Secret, type NamedKey } from '../config/settings.js';
import { HashGate } from './hash-gate.js';
import { PasswordHasher, portableEngine } from './password-hasher.js';

const password = 'seven grey herons at dawn';
const pepper = (id: string, fill = id): NamedKey => ({
  id,
  key: new Secret(Buffer.alloc(32, fill).toString('base64')),
});
const hasher = (...peppers: NamedKey[]) => new PasswordHasher(peppers, new HashGate(10));
const portableHasher = (...peppers: NamedKey[]) =>
  new PasswordHasher(peppers, new HashGate(10), portableEngine);

describe('The two engines', () => {
  const secret = Buffer.alloc(32, 'pepper');
  const salt = Buffer.alloc(16, 'salt');

  it('compute the same digests', async () => {
    const byPortable = await portable.hash(password, {
      type: portable.argon2id,
      memoryCost: 19_456,
      timeCost: 2,
      parallelism: 1,
      hashLength: 32,
      salt,
      secret,
    });
    const byNative = await native.hash(password, {
      algorithm: 2,
      memoryCost: 19_456,
      timeCost: 2,
      parallelism: 1,
      outputLen: 32,
      salt,
      secret,
    });

    expect(byNative.split('$').at(-1)).toBe(byPortable.split('$').at(-1));
  });

  it('verify each other’s digests, and not without the pepper', async () => {
    const byPortable = await portable.hash(password, { type: portable.argon2id, secret });
    const byNative = await native.hash(password, { algorithm: 2, secret });

    expect(await native.verify(byPortable, password, { secret })).toBe(true);
    expect(await portable.verify(byNative, password, { secret })).toBe(true);
    expect(await native.verify(byPortable, password)).toBe(false);
    expect(await portable.verify(byNative, password)).toBe(false);
  });

  it('are one to whoever has stored hashes of either', async () => {
    const byPortable = await portableHasher(pepper('p1')).hash(password);
    const byNative = await hasher(pepper('p1')).hash(password);

    expect(byPortable.split('$')[3]).toBe(byNative.split('$')[3]);
    expect(await hasher(pepper('p1')).verify(byPortable, password)).toBe(true);
    expect(await portableHasher(pepper('p1')).verify(byNative, password)).toBe(true);
    expect(await portableHasher(pepper('p1')).verify(byPortable, password)).toBe(true);
    expect(await portableHasher(pepper('p1')).verify(byPortable, 'wrong')).toBe(false);
    expect(hasher(pepper('p1')).needsRehash(byPortable)).toBe(false);
  });
});

describe('A password hash', () => {
  it('is argon2id with the parameters of OWASP, 16 bytes of salt, and names its pepper', async () => {
    const stored = await hasher(pepper('p1')).hash(password);

    const [, algorithm, version, cost, salt, digest] = stored.split('$');
    expect([algorithm, version]).toEqual(['argon2id', 'v=19']);
    expect(cost).toMatch(/^m=19456,t=2,p=1,keyid=[A-Za-z0-9+/]{8}$/);
    expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
    expect(Buffer.from(digest!, 'base64')).toHaveLength(32);
  });

  it('is of this password only', async () => {
    const mine = hasher(pepper('p1'));
    const stored = await mine.hash(password);

    expect(await mine.verify(stored, password)).toBe(true);
    expect(await mine.verify(stored, `${password} `)).toBe(false);
    expect(await mine.verify(stored, password.toUpperCase())).toBe(false);
  });

  it('is of a password however its characters are composed', async () => {
    const mine = hasher(pepper('p1'));
    const stored = await mine.hash('caf\u00e9 at the corner');

    expect(await mine.verify(stored, 'cafe\u0301 at the corner')).toBe(true);
  });

  it('counts its whole length', async () => {
    const mine = hasher(pepper('p1'));
    const stored = await mine.hash('a'.repeat(256));

    expect(await mine.verify(stored, 'a'.repeat(255))).toBe(false);
  });

  it('is worthless without its pepper, also where the id is the same', async () => {
    const stored = await hasher(pepper('p1')).hash(password);

    expect(await hasher(pepper('p2')).verify(stored, password)).toBe(false);
    expect(await hasher(pepper('p1', 'another key')).verify(stored, password)).toBe(false);
  });

  it('costs the same work where there is none, and matches nothing', async () => {
    const mine = hasher(pepper('p1'));
    const stored = await mine.hash(password);
    const before = mine.hashesRun;

    await mine.verify(stored, 'wrong');
    const known = mine.hashesRun - before;
    expect(await mine.verify(null, password)).toBe(false);

    expect(mine.hashesRun - before).toBe(2 * known);
  });
});

describe('A pepper', () => {
  it('that was replaced still verifies, and its hashes are due', async () => {
    const old = await hasher(pepper('p1')).hash(password);
    const rotated = hasher(pepper('p2'), pepper('p1'));

    expect(await rotated.verify(old, password)).toBe(true);
    expect(rotated.needsRehash(old)).toBe(true);
    const renewed = await rotated.hash(password);
    expect(rotated.needsRehash(renewed)).toBe(false);
    expect(await hasher(pepper('p2')).verify(renewed, password)).toBe(true);
  });
});

describe('A hash is due again', () => {
  const mine = hasher(pepper('p1'));

  it.each([
    ['with less memory', (hash: string) => hash.replace('m=19456', 'm=12288'), true],
    ['with fewer passes', (hash: string) => hash.replace('t=2', 't=1'), true],
    ['with another pepper', (hash: string) => hash.replace(/keyid=[^$]+/, 'keyid=AAAAAAAA'), true],
    ['without a pepper', (hash: string) => hash.replace(/,keyid=[^$]+/, ''), true],
    ['of another algorithm', (hash: string) => hash.replace('argon2id', 'argon2i'), true],
    ['of another kind altogether', () => '$2b$10$abcdefghijklmnopqrstuv', true],
    ['never as it is now', (hash: string) => hash, false],
    ['never with more memory', (hash: string) => hash.replace('m=19456', 'm=65536'), false],
  ])('%s', async (_, changed, due) => {
    expect(mine.needsRehash(changed(await mine.hash(password)))).toBe(due);
  });
});
