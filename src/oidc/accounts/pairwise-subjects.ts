import { createHmac, randomBytes } from 'node:crypto';
import type { Keyring } from '../../platform/crypto/keyring.js';
import type { Database } from '../../platform/database/database.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { findOrStoreSalt } from './pairwise-salts.queries.js';

const saltBytes = 32;

/** Under another name in each sector (OpenID Connect Core, section 8.1), so that applications cannot compare whom they know. */
export class PairwiseSubjects {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  async subjectOf(issuer: Issuer, sector: string, userId: string): Promise<string> {
    const salt = await duringProtocol(() => this.saltOf(issuer.id));
    return createHmac('sha256', salt).update(`${sector}\n${userId}`).digest('base64url');
  }

  private async saltOf(organizationId: string): Promise<Buffer> {
    const place = `pairwise_salts:${organizationId}`;
    const sealed = await this.database.forOrganization(organizationId, (tx) =>
      findOrStoreSalt(tx, () => this.keyring.seal(place, randomBytes(saltBytes))),
    );
    return this.keyring.open(place, sealed);
  }
}
