import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { engine } from '../engine.js';
import { notesOf } from '../request-notes.js';
import { ArtifactStore } from './artifact-store.js';
import type { Payload } from './artifacts.queries.js';

/**
 * Refresh tokens are exchanged: the old one is consumed and its successor stored in one statement, so that a crash between
 * the two costs nobody their session. The engine consumes first and saves right after; the first is noted, the second does
 * both, at the end of the request.
 */
export class RefreshTokenStore extends ArtifactStore {
  override async consume(id: string): Promise<void> {
    notesOf(engine().Provider.ctx).exchanged = id;
  }

  override async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
    const { exchanged } = notesOf(engine().Provider.ctx);
    if (exchanged === undefined) return super.upsert(id, payload, expiresIn);
    const { expiresAt, idHash: successorHash } = this.artifactOf(
      this.hashOf(id)!,
      payload,
      payload,
      expiresIn,
    );
    await this.write({
      do: 'rotate',
      idHash: this.hashOf(exchanged)!.toString('hex'),
      successorHash,
      sealed: seal(exchanged, id).toString('hex'),
      payload: this.stored(payload, id),
      expiresAt,
    });
  }
}

/*
 * A successor can be read with the token that it was exchanged for, and with nothing that is stored. Each key seals one
 * value, so the nonce may be fixed.
 */
const nonce = Buffer.alloc(12);
const tagBytes = 16;
const keyOf = (token: string): Buffer =>
  Buffer.from(hkdfSync('sha256', token, '', 'tenantry:refresh-successor', 32));

function seal(token: string, successor: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keyOf(token), nonce);
  return Buffer.concat([cipher.update(successor), cipher.final(), cipher.getAuthTag()]);
}

/** The first successor, for whoever has the old token. */
export function openSuccessor(token: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(token), nonce);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString();
}
