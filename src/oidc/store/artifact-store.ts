import type { Adapter } from 'oidc-provider';
import { hashToken, parseToken } from '../../platform/crypto/secret-token.js';
import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import { hashOfId } from './artifact-ids.js';
import {
  type ArtifactRow,
  consumeArtifact,
  type NewArtifact,
  type Payload,
  readArtifact,
  removeArtifact,
  storeArtifact,
} from './artifacts.queries.js';
import { tokenKinds } from './token-kinds.js';

const structured = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What the engine keeps of one kind, in one organization. The basis of kinds with ways of their own. */
export class ArtifactStore implements Adapter {
  constructor(
    protected readonly database: Database,
    protected readonly issuer: Issuer,
    protected readonly kind: string,
  ) {}

  async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
    const idHash = this.hashOf(id);
    if (idHash === null) return;
    const artifact = this.artifactOf(idHash, this.stored(payload, id), payload, expiresIn);
    await duringProtocol(() => storeArtifact(this.database, this.issuer.id, this.kind, artifact));
  }

  async find(id: string): Promise<Payload | undefined> {
    const idHash = this.hashOf(id);
    if (idHash === null) return undefined;
    const row = await this.read({ idHash });
    return row === null ? undefined : this.found(row, id);
  }

  async consume(id: string): Promise<void> {
    const idHash = this.hashOf(id);
    const isFirst =
      idHash !== null &&
      (await duringProtocol(() => consumeArtifact(this.database, this.issuer.id, this.kind, idHash)));
    if (!isFirst) throw this.consumedBefore();
  }

  async destroy(id: string): Promise<void> {
    const idHash = this.hashOf(id);
    if (idHash !== null)
      await duringProtocol(() => removeArtifact(this.database, this.issuer.id, this.kind, idHash));
  }

  /** What belongs to a grant is dead once the grant is revoked, and the engine revokes it right after. */
  async revokeByGrantId(): Promise<void> {}

  async findByUid(): Promise<undefined> {}

  async findByUserCode(_userCode: string): Promise<Payload | undefined> {
    return undefined;
  }

  /** Null for what cannot be one of this kind: a token says of which kind and organization it is. */
  protected hashOf(id: string): Buffer | null {
    const tokenKind = tokenKinds[this.kind];
    if (tokenKind !== undefined) {
      // Structured ones are kept too where the userinfo endpoint has to know them.
      if (structured.test(id)) return hashToken(id);
      const reference = parseToken(tokenKind, id);
      return reference?.organizationId === this.issuer.id ? reference.tokenHash : null;
    }
    return hashOfId(id, engine().Provider.ctx);
  }

  protected async read(key: { idHash?: Buffer; userCodeHash?: Buffer }): Promise<ArtifactRow | null> {
    const row = await duringProtocol(() => readArtifact(this.database, this.issuer.id, this.kind, key));
    if (row !== null) this.remember(row);
    return row;
  }

  /** What of it is written down: not its id. */
  protected stored({ jti: _jti, ...payload }: Payload, _id: string): Payload {
    return payload;
  }

  protected found(row: ArtifactRow, id: string): Payload {
    return { ...row.payload, jti: id, ...(row.is_consumed && { consumed: true }) };
  }

  /** Somebody was faster, in between: what belongs to the grant is dead by then. */
  protected consumedBefore(): Error {
    const notes = notesOf(engine().Provider.ctx);
    const grantId = [...notes.grants.keys()].at(-1);
    if (grantId !== undefined) notes.reused = grantId;
    return new (engine().errors.InvalidGrant)('already consumed');
  }

  protected artifactOf(
    idHash: Buffer,
    stored: Payload,
    payload: Payload,
    expiresIn: number | undefined,
  ): NewArtifact {
    const text = (key: string) => (payload[key] as string | undefined) ?? null;
    return {
      idHash,
      payload: stored,
      expiresAt: (payload['exp'] as number | undefined) ?? Math.ceil(Date.now() / 1_000) + (expiresIn ?? 0),
      grantId: text('grantId'),
      sessionId: text('sessionUid'),
      userId: text('accountId'),
      applicationId: text('clientId'),
      userCodeHash: null,
      browserHash: null,
    };
  }

  /** What was read beside is asked for next. */
  private remember({ payload, grant_payload: grant, amr: methods, auth_time: at }: ArtifactRow): void {
    const notes = notesOf(engine().Provider.ctx);
    if (grant !== null) notes.grants.set(payload['grantId'] as string, grant);
    if (methods !== null && at !== null) notes.authentication = { methods, at };
  }
}
