import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Context } from 'oidc-provider';
import type { Keyring } from '../../platform/crypto/keyring.js';
import type { PublicAddresses } from '../../platform/http/public-addresses.js';
import type { Issuer } from '../issuer.types.js';

export type State = Record<string, unknown>;

const purpose = 'oidc-browser-state';
const nonceBytes = 12;
const tagBytes = 16;
const lifetimeMilliseconds = 60 * 60_000;

/**
 * What the engine keeps between two pages of one browser (where to go after signing out, the secret of a form), also while
 * nobody is signed in. It stays in the browser, sealed and bound to organization and session: nothing to store, nothing
 * to clean up.
 */
export class BrowserState {
  constructor(
    private readonly keyring: Keyring,
    private readonly addresses: PublicAddresses,
  ) {}

  read(ctx: Context, issuer: Issuer, sessionId: string | null): State | undefined {
    const sealed = ctx.cookies.get(this.addresses.protocolCookie(issuer.slug), { signed: false });
    if (sealed === undefined) return undefined;
    for (const key of this.keyring.deriveAll(purpose)) {
      const opened = open(key, placeOf(issuer, sessionId), sealed);
      if (opened === null) continue;
      const { state, until } = JSON.parse(opened) as { state: State; until: number };
      return until > Date.now() ? state : undefined;
    }
    return undefined;
  }

  /** @param state undefined forgets it */
  write(ctx: Context, issuer: Issuer, sessionId: string | null, state: State | undefined): void {
    const name = this.addresses.protocolCookie(issuer.slug);
    const options = {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: this.addresses.isSecure,
      signed: false,
      overwrite: true,
    };
    if (state === undefined) {
      if (ctx.cookies.get(name, { signed: false }) !== undefined) ctx.cookies.set(name, null, options);
      return;
    }
    const clear = JSON.stringify({ state, until: Date.now() + lifetimeMilliseconds });
    const sealed = seal(this.keyring.derive(purpose), placeOf(issuer, sessionId), clear);
    ctx.cookies.set(name, sealed, { ...options, maxAge: lifetimeMilliseconds });
  }
}

const placeOf = (issuer: Issuer, sessionId: string | null): string => `${issuer.id}:${sessionId ?? ''}`;

function seal(key: Buffer, place: string, clear: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

function open(key: Buffer, place: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([
      decipher.update(bytes.subarray(nonceBytes + tagBytes)),
      decipher.final(),
    ]).toString();
  } catch {
    // Of another organization or session, or made up: as good as none.
    return null;
  }
}
