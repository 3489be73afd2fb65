import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import { AccessTokenClaims } from '../access-tokens/access-token-claims.service.js';
import { Applications } from '../applications/applications.service.js';
import { Audit } from '../audit/audit.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { Keyring } from '../platform/crypto/keyring.js';
import { Database } from '../platform/database/database.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { Outbound } from '../platform/outbound/outbound.js';
import { Scopes } from '../scopes/scopes.service.js';
import { CredentialLookup } from '../sessions/credential-lookup.service.js';
import { Sessions } from '../sessions/sessions.service.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { SigningKeys } from '../signing-keys/signing-keys.service.js';
import type { InstanceParts } from './instance-maker.js';
import { Instances } from './instances.js';
import { findIssuer } from './issuer.queries.js';
import type { Issuer } from './issuer.types.js';
import { ProtocolRecords } from './protocol-records.service.js';
import type { Asked, Known } from './requests/protocol-requests.queries.js';
import { ProtocolRequests } from './requests/protocol-requests.service.js';

/** What is none comes from whoever tries things, and may have characters that the database does not take. */
const slugPattern = /^[a-z0-9-]{1,63}$/;

/** Organizations as issuers, and the engine's instances that serve them. */
@Injectable()
export class Issuers implements OnApplicationShutdown {
  readonly #parts: InstanceParts;
  readonly #instances = new Instances(async (issuer) => {
    const { makeInstance } = await import('./instance-maker.js');
    return makeInstance(this.#parts, issuer);
  });

  constructor(
    private readonly database: Database,
    keyring: Keyring,
    addresses: PublicAddresses,
    applications: Applications,
    scopes: Scopes,
    keys: SigningKeys,
    media: MediaLinks,
    sessions: Sessions,
    audit: Audit,
    tokenClaims: AccessTokenClaims,
    credentials: CredentialLookup,
    outbound: Outbound,
    records: ProtocolRecords,
    limits: AttemptLimits,
    private readonly requests: ProtocolRequests,
    @Inject(CONFIG) config: Config,
  ) {
    this.#parts = {
      database,
      keyring,
      addresses,
      applications,
      scopes,
      keys,
      media,
      sessions,
      audit,
      tokenClaims,
      credentials,
      outbound,
      records,
      limits,
      requests,
      config,
    };
  }

  /** By slug, as it stands in addresses; null unless the organization is active. */
  async find(slug: string): Promise<Issuer | null> {
    return slugPattern.test(slug) ? findIssuer(this.database, slug) : null;
  }

  /** A request with everything that it names; null unless the organization is active. */
  read(asked: Asked): Promise<Known | null> {
    return this.requests.read(asked);
  }

  /** @param issuer as found in this request */
  instanceOf(issuer: Issuer): Promise<Provider> {
    return this.#instances.of(issuer);
  }

  /** The newest that this server has met, where it serves the issuer. */
  servedVersionOf(issuerId: string): string | undefined {
    return this.#instances.versionOf(issuerId);
  }

  get instances(): number {
    return this.#instances.size;
  }

  onApplicationShutdown(): void {
    this.#instances.close();
  }
}
