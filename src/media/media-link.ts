import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { bytesOfUuid, uuidOfBytes } from '../platform/crypto/uuid.js';
import type { Keyring } from '../platform/crypto/keyring.js';

/** What a link stands for. */
export interface MediaReference {
  readonly organizationId: string;
  readonly mediaId: string;
}

const tagBytes = 16;
const referenceBytes = 32;
/** Of 48 bytes in base64url. */
const linkLength = 64;

interface LinkKeys {
  readonly mac: Buffer;
  readonly cipher: Buffer;
}

/**
 * Links to images: organization and id, sealed so that they are neither read nor guessed nor made. One reference always
 * gives the same link, or no browser could keep what is behind it; so the nonce is a MAC of the reference, which is the
 * tag as well (the construction of SIV, RFC 5297, from AES-256-CTR and HMAC-SHA256).
 */
export class MediaLinkSeal {
  readonly #keys: [LinkKeys, ...LinkKeys[]];

  constructor(keyring: Keyring) {
    const ciphers = keyring.deriveAll('media link ciphers');
    const [mac, ...olderMacs] = keyring.deriveAll('media link tags');
    this.#keys = [
      { mac, cipher: ciphers[0] },
      ...olderMacs.map((olderMac, index) => ({ mac: olderMac, cipher: ciphers[index + 1]! })),
    ];
  }

  seal({ organizationId, mediaId }: MediaReference): string {
    const [{ mac, cipher }] = this.#keys;
    const reference = Buffer.concat([bytesOfUuid(organizationId), bytesOfUuid(mediaId)]);
    const tag = tagOf(mac, reference);
    const sealed = createCipheriv('aes-256-ctr', cipher, tag).update(reference);
    return Buffer.concat([tag, sealed]).toString('base64url');
  }

  /** Null for whatever this server has not sealed. Links that were sealed with an older key of the ring stay good. */
  open(link: string): MediaReference | null {
    if (link.length !== linkLength || !/^[A-Za-z0-9_-]+$/.test(link)) return null;
    const bytes = Buffer.from(link, 'base64url');
    const tag = bytes.subarray(0, tagBytes);
    for (const { mac, cipher } of this.#keys) {
      const reference = createDecipheriv('aes-256-ctr', cipher, tag).update(bytes.subarray(tagBytes));
      if (!timingSafeEqual(tagOf(mac, reference), tag)) continue;
      return {
        organizationId: uuidOfBytes(reference.subarray(0, referenceBytes / 2)),
        mediaId: uuidOfBytes(reference.subarray(referenceBytes / 2)),
      };
    }
    return null;
  }
}

function tagOf(key: Buffer, reference: Buffer): Buffer {
  return createHmac('sha256', key).update(reference).digest().subarray(0, tagBytes);
}
