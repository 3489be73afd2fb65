import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { NamedKey } from '../config/settings.js';

const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals what must be read back: AES-256-GCM with a random nonce, bound to the place where it is stored. The id of the
 * key stands in front, so that keys can be replaced while old values stay readable.
 */
export class Keyring {
  readonly #keys: Map<string, Buffer>;
  readonly #current: string;

  constructor(keys: readonly NamedKey[]) {
    const [first] = keys;
    if (first === undefined) throw new Error('a keyring needs a key');
    this.#current = first.id;
    this.#keys = new Map(keys.map(({ id, key }) => [id, Buffer.from(key.reveal(), 'base64')]));
  }

  /** @param place where the value lives, such as `idempotency_keys:<org>:<id>`; opening needs the same */
  seal(place: string, clear: Buffer): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#current)!, nonce);
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(clear), cipher.final()]);
    return Buffer.concat([this.currentPrefix, nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when the key is unknown, or the value was changed or moved */
  open(place: string, sealed: Buffer): Buffer {
    const idEnd = 1 + (sealed[0] ?? 0);
    const key = this.#keys.get(sealed.subarray(1, idEnd).toString());
    if (key === undefined) throw new Error('sealed with a key that is not in ENCRYPTION_KEYS');
    const nonce = sealed.subarray(idEnd, idEnd + nonceBytes);
    const tag = sealed.subarray(idEnd + nonceBytes, idEnd + nonceBytes + tagBytes);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(idEnd + nonceBytes + tagBytes)), decipher.final()]);
  }

  /** What everything begins with that is sealed under the current key. */
  get currentPrefix(): Buffer {
    const id = Buffer.from(this.#current);
    return Buffer.concat([Buffer.from([id.length]), id]);
  }

  /** Whether a value need not be sealed anew before older keys may go. */
  isCurrent(sealed: Buffer): boolean {
    return sealed.subarray(0, this.currentPrefix.length).equals(this.currentPrefix);
  }

  /** A key for one purpose (such as signing page cursors), derived from the current one (HKDF, RFC 5869). */
  derive(purpose: string): Buffer {
    return derived(this.#keys.get(this.#current)!, purpose);
  }

  /** The same from every key, the current one first: what was made with an older one can still be read. */
  deriveAll(purpose: string): [Buffer, ...Buffer[]] {
    const others = [...this.#keys].filter(([id]) => id !== this.#current);
    return [this.derive(purpose), ...others.map(([, key]) => derived(key, purpose))];
  }
}

function derived(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `tenantry:${purpose}`, 32));
}
