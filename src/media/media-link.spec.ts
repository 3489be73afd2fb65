import { describe, expect, it } from '@jest/globals';
import { Secret } from '../platform/config/settings.js';
import { Keyring } from '../platform/crypto/keyring.js';
import { newId } from '../platform/crypto/uuid.js';
import { MediaLinkSeal } from './media-link.js';

const ring = (...ids: string[]): Keyring =>
  new Keyring(ids.map((id) => ({ id, key: new Secret(Buffer.alloc(32, id).toString('base64')) })));
const reference = { organizationId: newId(), mediaId: newId() };

describe('A link to an image', () => {
  it('is opened by who sealed it, and always the same', () => {
    const seal = new MediaLinkSeal(ring('k1'));
    const link = seal.seal(reference);

    expect(seal.open(link)).toEqual(reference);
    expect(seal.seal(reference)).toBe(link);
    expect(seal.seal({ ...reference, mediaId: newId() })).not.toBe(link);
    expect(link).toMatch(/^[A-Za-z0-9_-]{64}$/);
  });

  it('shows neither id, nor any likeness of two links', () => {
    const seal = new MediaLinkSeal(ring('k1'));
    const bytes = Buffer.from(seal.seal(reference), 'base64url').toString('hex');
    const sibling = Buffer.from(seal.seal({ ...reference, mediaId: newId() }), 'base64url').toString('hex');

    for (const id of Object.values(reference)) {
      const plain = id.replaceAll('-', '');
      expect(bytes).not.toContain(plain.slice(0, 8));
      expect(bytes).not.toContain(plain.slice(-8));
    }
    expect(sibling.slice(0, 32)).not.toBe(bytes.slice(0, 32));
    expect(sibling.slice(32, 64)).not.toBe(bytes.slice(32, 64));
  });

  it('stays good when the keys are replaced, until its key is gone', () => {
    const link = new MediaLinkSeal(ring('k1')).seal(reference);

    expect(new MediaLinkSeal(ring('k2', 'k1')).open(link)).toEqual(reference);
    expect(new MediaLinkSeal(ring('k2')).open(link)).toBeNull();
  });

  it('is none with any letter changed', () => {
    const seal = new MediaLinkSeal(ring('k1'));
    const link = seal.seal(reference);

    for (let at = 0; at < link.length; at++) {
      const changed = link.slice(0, at) + (link[at] === 'A' ? 'B' : 'A') + link.slice(at + 1);
      expect(seal.open(changed)).toBeNull();
    }
    for (const text of [
      '',
      'A',
      'A'.repeat(64),
      `${link}A`,
      link.slice(1),
      ` ${link.slice(1)}`,
      'ä'.repeat(64),
    ]) {
      expect(seal.open(text)).toBeNull();
    }
  });
});
