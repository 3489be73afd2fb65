import type { Provider } from 'oidc-provider';
import type { AccessTokenClaims } from '../access-tokens/access-token-claims.service.js';
import type { Applications } from '../applications/applications.service.js';
import type { Audit } from '../audit/audit.service.js';
import type { MediaLinks } from '../media/media-links.service.js';
import type { Config } from '../platform/config/settings.js';
import type { Keyring } from '../platform/crypto/keyring.js';
import type { Database } from '../platform/database/database.js';
import type { PublicAddresses } from '../platform/http/public-addresses.js';
import type { Outbound } from '../platform/outbound/outbound.js';
import type { Scopes } from '../scopes/scopes.service.js';
import type { CredentialLookup } from '../sessions/credential-lookup.service.js';
import type { Sessions } from '../sessions/sessions.service.js';
import type { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import type { SigningKeys } from '../signing-keys/signing-keys.service.js';
import { EngineAccounts } from './accounts/engine-accounts.js';
import { PairwiseSubjects } from './accounts/pairwise-subjects.js';
import { issuerScopes } from './configuration/claims.js';
import { engineConfiguration } from './configuration/engine-configuration.js';
import { loadEngine } from './engine.js';
import type { EngineServices } from './engine-services.js';
import { SessionGrants } from './grants/session-grants.js';
import { findAlgorithms } from './issuer-algorithms.queries.js';
import type { Issuer } from './issuer.types.js';
import { answerWithoutBody } from './mount/empty-answer.js';
import { showForms } from './pages/engine-forms.js';
import type { ProtocolRecords } from './protocol-records.service.js';
import type { ProtocolRequests } from './requests/protocol-requests.service.js';
import { writingTogether } from './requests/writing-together.js';
import { BrowserState } from './session/browser-state.js';
import { useOurSessions } from './session/engine-sessions.js';
import { SessionEnd } from './session/session-end.js';
import { useSecrets } from './store/application-secrets.js';
import { engineStore } from './store/engine-store.js';
import { useReplayProtection } from './store/replay-protection.js';
import { StructuredTokens } from './tokens/exchange/structured-tokens.js';
import { SubjectTokens } from './tokens/exchange/subject-tokens.js';
import { useTokenExchange } from './tokens/exchange/token-exchange.js';
import { introspectionAnswers } from './tokens/introspection-answers.js';
import { PairwiseNames } from './tokens/pairwise-names.js';
import { ProtectedResources } from './tokens/protected-resources.js';
import { TokenHolders } from './tokens/token-holders.js';
import { useOurTokens } from './tokens/token-texts.js';

/** What instances are made with. */
export interface InstanceParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly addresses: PublicAddresses;
  readonly applications: Applications;
  readonly scopes: Scopes;
  readonly keys: SigningKeys;
  readonly media: MediaLinks;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly tokenClaims: AccessTokenClaims;
  readonly credentials: CredentialLookup;
  readonly outbound: Outbound;
  readonly records: ProtocolRecords;
  readonly limits: AttemptLimits;
  readonly requests: ProtocolRequests;
  readonly config: Config;
}

/** An instance of the engine for one version of one issuer. This file and what it needs are read when the first one is made. */
export async function makeInstance(parts: InstanceParts, issuer: Issuer): Promise<Provider> {
  const { Provider } = await loadEngine();
  const { database, keyring, applications, addresses, audit } = parts;
  const { keys, catalogue } = await database.forOrganization(issuer.id, async (tx) => {
    for (const alg of await findAlgorithms(tx)) await parts.keys.ensure(tx, alg);
    return { keys: await parts.keys.ofIssuer(tx), catalogue: await parts.scopes.read(tx) };
  });
  const address = addresses.issuer(issuer.slug);
  const services = servicesOf(parts);
  const scopes = issuerScopes(catalogue.scopes.map(({ name }) => name));
  const together = writingTogether(issuer, parts.requests, (ctx) => parts.records.arrivalOf(ctx, issuer));
  class IssuerProvider extends Provider {
    override registerGrantType(
      ...[name, answer, ...others]: Parameters<Provider['registerGrantType']>
    ): void {
      super.registerGrantType(name, together(answer), ...others);
    }
  }
  const provider = new IssuerProvider(address, {
    ...engineConfiguration({ issuer, address, keys, catalogue, services }),
    adapter: engineStore({ ...parts, issuer, scopes }),
  });
  // Host and protocol are those of PUBLIC_URL; the mount says so in these headers.
  provider.proxy = true;
  parts.records.keep(provider, issuer);
  provider.use(showForms);
  provider.use(answerWithoutBody);
  provider.use(introspectionAnswers(issuer, services.holders));
  useOurSessions(provider, issuer, {
    database,
    state: new BrowserState(keyring, addresses),
    end: new SessionEnd(database, parts.sessions, audit, addresses),
  });
  useOurTokens(provider, issuer);
  useSecrets(provider, issuer, { database, applications });
  useReplayProtection(provider, issuer, database);
  await useTokenExchange(provider, issuer, {
    database,
    resources: services.resources,
    subjects: new SubjectTokens(new StructuredTokens(database, parts.credentials), services.names),
    names: services.names,
    audit,
  });
  return provider;
}

function servicesOf(parts: InstanceParts): EngineServices {
  const { database, addresses, keyring, scopes } = parts;
  const pairwise = new PairwiseSubjects(database, keyring);
  const names = new PairwiseNames(database, pairwise);
  return {
    addresses,
    accounts: new EngineAccounts(database, scopes, parts.media),
    pairwise,
    names,
    grants: new SessionGrants(database),
    resources: new ProtectedResources(database, scopes),
    holders: new TokenHolders(database, parts.applications, parts.tokenClaims, names),
    fetch: parts.outbound.fetch,
  };
}
