import { describe, expect, it } from '@jest/globals';
import { type NamedKey, Secret } from '../config/settings.js';
import { Keyring } from './keyring.js';

const key = (id: string, fill = id): NamedKey => ({
  id,
  key: new Secret(Buffer.alloc(32, fill).toString('base64')),
});
const clear = Buffer.from('a secret that must be read back');

describe('A sealed value', () => {
  it('opens where it was sealed', () => {
    const keyring = new Keyring([key('k1')]);

    expect(keyring.open('secrets:1', keyring.seal('secrets:1', clear))).toEqual(clear);
  });

  it('looks different each time and shows nothing', () => {
    const keyring = new Keyring([key('k1')]);
    const sealed = keyring.seal('secrets:1', clear);

    expect(sealed.equals(keyring.seal('secrets:1', clear))).toBe(false);
    expect(sealed.includes(clear)).toBe(false);
  });

  it('does not open elsewhere', () => {
    const keyring = new Keyring([key('k1')]);

    expect(() => keyring.open('secrets:2', keyring.seal('secrets:1', clear))).toThrow('authenticate');
  });

  it('does not open with one bit changed', () => {
    const keyring = new Keyring([key('k1')]);
    const sealed = keyring.seal('secrets:1', clear);

    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(() => keyring.open('secrets:1', changed)).toThrow(/authenticate|ENCRYPTION_KEYS/);
    }
  });

  it('opens with an older key while the ring holds it', () => {
    const sealed = new Keyring([key('k1')]).seal('secrets:1', clear);

    expect(new Keyring([key('k2'), key('k1')]).open('secrets:1', sealed)).toEqual(clear);
    expect(() => new Keyring([key('k2')]).open('secrets:1', sealed)).toThrow('ENCRYPTION_KEYS');
    expect(() => new Keyring([key('k1', 'another')]).open('secrets:1', sealed)).toThrow('authenticate');
  });
});

describe('A derived key', () => {
  it('is the same for the same purpose only', () => {
    const keyring = new Keyring([key('k1')]);

    expect(keyring.derive('cursors')).toEqual(new Keyring([key('k1'), key('k2')]).derive('cursors'));
    expect(keyring.derive('cursors')).not.toEqual(keyring.derive('counters'));
    expect(keyring.derive('cursors')).not.toEqual(new Keyring([key('k2')]).derive('cursors'));
    expect(keyring.derive('cursors')).toHaveLength(32);
    expect(new Keyring([key('k2'), key('k1')]).deriveAll('cursors')).toEqual([
      new Keyring([key('k2')]).derive('cursors'),
      keyring.derive('cursors'),
    ]);
  });
});

describe('A value that was sealed', () => {
  it('says whether that was under the current key', () => {
    const old = new Keyring([key('k1')]);
    const rotated = new Keyring([key('k10'), key('k1')]);

    expect(old.isCurrent(old.seal('secrets:1', clear))).toBe(true);
    expect(rotated.isCurrent(old.seal('secrets:1', clear))).toBe(false);
    expect(rotated.isCurrent(rotated.seal('secrets:1', clear))).toBe(true);
    expect(old.isCurrent(rotated.seal('secrets:1', clear))).toBe(false);
  });
});
