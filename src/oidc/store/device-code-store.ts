import { createHmac } from 'node:crypto';
import type { Database } from '../../platform/database/database.js';
import type { Issuer } from '../issuer.types.js';
import { handleOf } from './artifact-ids.js';
import { ArtifactStore } from './artifact-store.js';
import type { NewArtifact, Payload } from './artifacts.queries.js';

/** Found by their secret, which the device has, and by the short code that its owner types; of that only a keyed hash is kept. */
export class DeviceCodeStore extends ArtifactStore {
  constructor(
    database: Database,
    issuer: Issuer,
    kind: string,
    private readonly userCodeKey: Buffer,
  ) {
    super(database, issuer, kind);
  }

  override async findByUserCode(userCode: string): Promise<Payload | undefined> {
    const row = await this.read({ userCodeHash: this.hashOfUserCode(userCode) });
    return row === null ? undefined : { ...this.found(row, handleOf(row.id_hash)), userCode };
  }

  protected override stored(payload: Payload, id: string): Payload {
    const { userCode: _userCode, ...others } = super.stored(payload, id);
    return others;
  }

  protected override artifactOf(
    idHash: Buffer,
    stored: Payload,
    payload: Payload,
    expiresIn: number | undefined,
  ): NewArtifact {
    const { userCode } = payload as { userCode?: string };
    const userCodeHash = userCode === undefined ? null : this.hashOfUserCode(userCode);
    return { ...super.artifactOf(idHash, stored, payload, expiresIn), userCodeHash };
  }

  private hashOfUserCode(userCode: string): Buffer {
    return createHmac('sha256', this.userCodeKey).update(`${this.issuer.id}:${userCode}`).digest();
  }
}
