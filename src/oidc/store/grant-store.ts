import type { Adapter } from 'oidc-provider';
import type { Database } from '../../platform/database/database.js';
import { isUuid } from '../../platform/crypto/uuid.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import type { Payload } from './artifacts.queries.js';
import { readGrant, revokeGrant, storeGrant } from './grants.queries.js';

/** What an application was allowed in one session. */
export class GrantStore implements Adapter {
  constructor(
    private readonly database: Database,
    private readonly issuer: Issuer,
  ) {}

  async upsert(id: string, payload: Payload): Promise<void> {
    const { jti: _jti, exp: _exp, ...stored } = payload;
    const sessionId = engine().Provider.ctx?.oidc.session?.uid;
    if (sessionId === undefined) throw new Error('a grant outside of a session');
    const grant = {
      id,
      userId: payload['accountId'] as string,
      applicationId: payload['clientId'] as string,
      sessionId,
      payload: stored,
    };
    await duringProtocol(() => storeGrant(this.database, this.issuer.id, grant));
    this.known.set(id, stored);
  }

  async find(id: string): Promise<Payload | undefined> {
    if (!isUuid(id)) return undefined;
    const payload =
      this.known.get(id) ?? (await duringProtocol(() => readGrant(this.database, this.issuer.id, id)));
    return payload === null ? undefined : { ...payload, jti: id };
  }

  /** With everything that was issued under it. */
  async destroy(id: string): Promise<void> {
    if (!isUuid(id)) return;
    // At the token endpoint the engine does this for one reason only.
    const ctx = engine().Provider.ctx;
    if (ctx?.oidc.route === 'token') notesOf(ctx).reused = id;
    else this.known.delete(id);
    await duringProtocol(() => revokeGrant(this.database, this.issuer.id, id));
  }

  async consume(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}

  /** Read with what belongs to them, in this request. */
  private get known(): Map<string, Payload> {
    return notesOf(engine().Provider.ctx).grants;
  }
}
