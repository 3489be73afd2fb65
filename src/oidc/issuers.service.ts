import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import { AccessTokenClaims } from '../access-tokens/access-token-claims.service.js';
import { Applications } from '../applications/applications.service.js';
import { Audit } from '../audit/audit.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import { Keyring } from '../platform/crypto/keyring.js';
import { Database } from '../platform/database/database.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { Outbound } from '../platform/outbound/outbound.js';
import { Scopes } from '../scopes/scopes.service.js';
import { CredentialLookup } from '../sessions/credential-lookup.service.js';
import { Sessions } from '../sessions/sessions.service.js';
import { SigningKeys } from '../signing-keys/signing-keys.service.js';
import { EngineAccounts } from './accounts/engine-accounts.js';
import { PairwiseSubjects } from './accounts/pairwise-subjects.js';
import { SessionGrants } from './grants/session-grants.js';
import { engineConfiguration } from './configuration/engine-configuration.js';
import { issuerScopes } from './configuration/claims.js';
import { loadEngine } from './engine.js';
import type { EngineServices } from './engine-services.js';
import { Instances } from './instances.js';
import { answerWithoutBody } from './mount/empty-answer.js';
import { findAlgorithms } from './issuer-algorithms.queries.js';
import { findIssuer } from './issuer.queries.js';
import type { Issuer } from './issuer.types.js';
import { showForms } from './pages/engine-forms.js';
import { ProtocolRecords } from './protocol-records.service.js';
import { BrowserState } from './session/browser-state.js';
import { useOurSessions } from './session/engine-sessions.js';
import { SessionEnd } from './session/session-end.js';
import { engineStore } from './store/engine-store.js';
import { useReplayProtection } from './store/replay-protection.js';
import { useSecrets } from './store/application-secrets.js';
import { StructuredTokens } from './tokens/exchange/structured-tokens.js';
import { SubjectTokens } from './tokens/exchange/subject-tokens.js';
import { useTokenExchange } from './tokens/exchange/token-exchange.js';
import { introspectionAnswers } from './tokens/introspection-answers.js';
import { ProtectedResources } from './tokens/protected-resources.js';
import { TokenHolders } from './tokens/token-holders.js';
import { useOurTokens } from './tokens/token-texts.js';

/** Organizations as issuers, and the engine's instances that serve them. */
@Injectable()
export class Issuers implements OnApplicationShutdown {
  readonly #instances = new Instances((issuer) => this.make(issuer));

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    private readonly addresses: PublicAddresses,
    private readonly applications: Applications,
    private readonly scopes: Scopes,
    private readonly keys: SigningKeys,
    private readonly media: MediaLinks,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
    private readonly tokenClaims: AccessTokenClaims,
    private readonly credentials: CredentialLookup,
    private readonly outbound: Outbound,
    private readonly records: ProtocolRecords,
  ) {}

  /** By slug, as it stands in addresses; null unless the organization is active. */
  find(slug: string): Promise<Issuer | null> {
    return findIssuer(this.database, slug);
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

  private async make(issuer: Issuer): Promise<Provider> {
    const { Provider } = await loadEngine();
    const { keys, catalogue } = await this.database.forOrganization(issuer.id, async (tx) => {
      for (const alg of await findAlgorithms(tx)) await this.keys.ensure(tx, alg);
      return { keys: await this.keys.ofIssuer(tx), catalogue: await this.scopes.read(tx) };
    });
    const address = this.addresses.issuer(issuer.slug);
    const { database, keyring, applications, addresses } = this;
    const services = this.services();
    const scopes = issuerScopes(catalogue.scopes.map(({ name }) => name));
    const provider = new Provider(address, {
      ...engineConfiguration({ issuer, address, keys, catalogue, services }),
      adapter: engineStore({ database, keyring, applications, issuer, scopes }),
    });
    // Host and protocol are those of PUBLIC_URL; the mount says so in these headers.
    provider.proxy = true;
    this.records.keep(provider, issuer);
    provider.use(showForms);
    provider.use(answerWithoutBody);
    provider.use(introspectionAnswers(issuer, services.holders));
    useOurSessions(provider, issuer, {
      database,
      state: new BrowserState(keyring, addresses),
      end: new SessionEnd(database, this.sessions, this.audit, addresses),
    });
    useOurTokens(provider, issuer);
    useSecrets(provider, issuer, { database, applications });
    useReplayProtection(provider, issuer, database);
    await useTokenExchange(provider, issuer, {
      database,
      resources: services.resources,
      subjects: new SubjectTokens(new StructuredTokens(database, this.credentials)),
      audit: this.audit,
    });
    return provider;
  }

  private services(): EngineServices {
    const { database, addresses, keyring } = this;
    return {
      addresses,
      accounts: new EngineAccounts(database, this.scopes, this.media),
      pairwise: new PairwiseSubjects(database, keyring),
      grants: new SessionGrants(database),
      resources: new ProtectedResources(database, this.scopes),
      holders: new TokenHolders(database, this.applications, this.tokenClaims),
      fetch: this.outbound.fetch,
    };
  }
}
