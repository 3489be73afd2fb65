import type { Adapter } from 'oidc-provider';
import { hashToken, parseToken } from '../../platform/crypto/secret-token.js';
import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import type { ProtocolRequests } from '../requests/protocol-requests.service.js';
import type { NewArtifact, Step, Written } from '../requests/protocol-requests.queries.js';
import { hashOfId } from './artifact-ids.js';
import { type ArtifactRow, type Payload, readArtifact, removeArtifact } from './artifacts.queries.js';
import { tokenKinds } from './token-kinds.js';

const structured = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What the engine keeps of one kind, in one organization. The basis of kinds with ways of their own. */
export class ArtifactStore implements Adapter {
  constructor(
    protected readonly database: Database,
    protected readonly requests: ProtocolRequests,
    protected readonly issuer: Issuer,
    protected readonly kind: string,
  ) {}

  async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
    const idHash = this.hashOf(id);
    if (idHash === null) return;
    const artifact = this.artifactOf(idHash, this.stored(payload, id), payload, expiresIn);
    await this.write({ do: 'store', kind: this.kind, ...artifact });
  }

  async find(id: string): Promise<Payload | undefined> {
    const idHash = this.hashOf(id);
    if (idHash === null) return undefined;
    const row = await this.read({ idHash });
    return row === null ? undefined : this.found(row, id);
  }

  async consume(id: string): Promise<void> {
    const idHash = this.hashOf(id);
    if (idHash === null) throw this.consumedBefore();
    const written = await this.write({ do: 'consume', kind: this.kind, idHash: idHash.toString('hex') });
    if (written?.verdict === 'reused') throw this.consumedBefore();
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
    const known = this.known(key.idHash);
    const row =
      known === undefined
        ? await duringProtocol(() => readArtifact(this.database, this.issuer.id, this.kind, key))
        : known;
    if (row !== null) this.remember(row);
    return row;
  }

  /** At the end of the request with everything else, where it writes more; at once elsewhere. */
  protected async write(step: Step): Promise<Written | null> {
    const { steps } = notesOf(engine().Provider.ctx);
    if (steps === undefined) return duringProtocol(() => this.requests.write(this.issuer.id, [step]));
    steps.push(step);
    return null;
  }

  /** What was read with the request, once; undefined for everything else. */
  private known(idHash: Buffer | undefined): ArtifactRow | null | undefined {
    const notes = notesOf(engine().Provider.ctx);
    const { asked, known } = notes;
    if (
      notes.isTaken ||
      idHash === undefined ||
      asked.kind !== this.kind ||
      asked.idHash?.equals(idHash) !== true
    )
      return undefined;
    notes.isTaken = true;
    if (known.artifact === null) return null;
    const { auth_time: authTime, session_ends_at: endsAt, ...others } = known.artifact;
    return {
      ...others,
      id_hash: idHash,
      browser_hash: null,
      auth_time: authTime === null ? null : new Date(authTime),
      session_ends_at: endsAt === null ? null : new Date(endsAt),
    };
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
      idHash: idHash.toString('hex'),
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
  private remember({ payload, grant_payload: grant, ...session }: ArtifactRow): void {
    const notes = notesOf(engine().Provider.ctx);
    if (grant !== null) notes.grants.set(payload['grantId'] as string, grant);
    const { amr: methods, auth_time: at, session_ends_at: endsAt } = session;
    if (methods !== null && at !== null && endsAt !== null) notes.authentication = { methods, at, endsAt };
  }
}
