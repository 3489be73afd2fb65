import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import type { NewArtifact } from '../requests/protocol-requests.queries.js';
import type { ProtocolRequests } from '../requests/protocol-requests.service.js';
import { handleOfId } from './artifact-ids.js';
import { ArtifactStore } from './artifact-store.js';
import type { ArtifactRow, Payload } from './artifacts.queries.js';
import type { Beginnings } from './beginnings.js';
import { hashOfBrowser } from './browser-hash.js';

/** Stands in stored addresses for the id, of which only a hash is kept. */
const idPlace = '{id}';

/** Somebody on their way through our pages; bound to the browser that was sent here. */
export class InteractionStore extends ArtifactStore {
  constructor(
    database: Database,
    requests: ProtocolRequests,
    issuer: Issuer,
    kind: string,
    private readonly beginnings: Beginnings,
  ) {
    super(database, requests, issuer, kind);
  }

  override async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
    await this.beginnings.count();
    return super.upsert(id, payload, expiresIn);
  }

  /** Its id stands in addresses, and the engine's cookie repeats that: the name of the browser alone is a secret. */
  protected override async read(key: { idHash?: Buffer }): Promise<ArtifactRow | null> {
    const row = await super.read(key);
    if (row === null || row.browser_hash === null) return row;
    const { browser } = notesOf(engine().Provider.ctx);
    return browser !== null && hashOfBrowser(browser).equals(row.browser_hash) ? row : null;
  }

  protected override stored(payload: Payload, id: string): Payload {
    const { returnTo, deviceCode, parJti, ...others } = super.stored(payload, id);
    return {
      ...others,
      returnTo: (returnTo as string).replace(id, idPlace),
      ...(typeof deviceCode === 'string' && { deviceCode: handleOfId(deviceCode) }),
      ...(typeof parJti === 'string' && { parJti: handleOfId(parJti) }),
    };
  }

  protected override found(row: ArtifactRow, id: string): Payload {
    const payload = super.found(row, id);
    return { ...payload, returnTo: (payload['returnTo'] as string).replace(idPlace, id) };
  }

  protected override artifactOf(
    idHash: Buffer,
    stored: Payload,
    payload: Payload,
    expiresIn: number | undefined,
  ): NewArtifact {
    const { browser } = notesOf(engine().Provider.ctx);
    const { client_id: applicationId = null } = payload['params'] as { client_id?: string };
    return {
      ...super.artifactOf(idHash, stored, payload, expiresIn),
      // A new sign-in may take the place of a session, so an interaction belongs to none.
      sessionId: null,
      userId: null,
      grantId: null,
      applicationId,
      browserHash: browser === null ? null : hashOfBrowser(browser).toString('hex'),
    };
  }
}
