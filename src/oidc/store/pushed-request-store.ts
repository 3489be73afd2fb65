import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import type { Issuer } from '../issuer.types.js';
import type { ProtocolRequests } from '../requests/protocol-requests.service.js';
import { ArtifactStore } from './artifact-store.js';
import type { Payload } from './artifacts.queries.js';
import type { Beginnings } from './beginnings.js';

/** Requests that applications sent ahead (RFC 9126); each is used once. */
export class PushedRequestStore extends ArtifactStore {
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
    // A server sends those of all of its people; who has proven nothing could be anybody.
    if (engine().Provider.ctx?.oidc.client?.clientAuthMethod === 'none') await this.beginnings.count();
    return super.upsert(id, payload, expiresIn);
  }

  protected override consumedBefore(): Error {
    return new (engine().errors.InvalidRequestUri)('request_uri is invalid, expired, or was already used');
  }
}
