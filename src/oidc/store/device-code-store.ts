import { createHmac } from 'node:crypto';
import type { Database } from '../../platform/database/database.js';
import type { AttemptLimits } from '../../sign-in/attempt-limits.service.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import type { NewArtifact } from '../requests/protocol-requests.queries.js';
import type { ProtocolRequests } from '../requests/protocol-requests.service.js';
import { handleOf } from './artifact-ids.js';
import { ArtifactStore } from './artifact-store.js';
import type { Payload } from './artifacts.queries.js';
import type { Beginnings } from './beginnings.js';

/** From one address, right ones too; each device takes two. */
const guesses = 100;
const guessWindowSeconds = 600;

/** Found by their secret, which the device has, and by the short code that its owner types; of that only a keyed hash is kept. */
export class DeviceCodeStore extends ArtifactStore {
  constructor(
    database: Database,
    requests: ProtocolRequests,
    issuer: Issuer,
    kind: string,
    private readonly userCodeKey: Buffer,
    private readonly limits: AttemptLimits,
    private readonly beginnings: Beginnings,
  ) {
    super(database, requests, issuer, kind);
  }

  override async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
    const { route, client } = engine().Provider.ctx!.oidc;
    if (route === 'device_authorization' && client?.clientAuthMethod === 'none')
      await this.beginnings.count();
    return super.upsert(id, payload, expiresIn);
  }

  override async findByUserCode(userCode: string): Promise<Payload | undefined> {
    await this.countGuess();
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
    const userCodeHash = userCode === undefined ? null : this.hashOfUserCode(userCode).toString('hex');
    return { ...super.artifactOf(idHash, stored, payload, expiresIn), userCodeHash };
  }

  /** Counted before it is looked for: the code is short. @throws SlowDown */
  private async countGuess(): Promise<void> {
    const { ip } = notesOf(engine().Provider.ctx).origin;
    const { blockedBy } = await duringProtocol(() =>
      this.database.forOrganization(this.issuer.id, (tx) =>
        this.limits.count(tx, [this.limits.fromAddress('device-code', ip, guesses, guessWindowSeconds)]),
      ),
    );
    if (blockedBy !== null) throw new (engine().errors.SlowDown)();
  }

  private hashOfUserCode(userCode: string): Buffer {
    return createHmac('sha256', this.userCodeKey).update(`${this.issuer.id}:${userCode}`).digest();
  }
}
