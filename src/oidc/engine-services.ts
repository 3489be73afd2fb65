import type { PublicAddresses } from '../platform/http/public-addresses.js';
import type { EngineAccounts } from './accounts/engine-accounts.js';
import type { PairwiseSubjects } from './accounts/pairwise-subjects.js';
import type { SessionGrants } from './grants/session-grants.js';
import type { TokenHolders } from './tokens/token-holders.js';
import type { PairwiseNames } from './tokens/pairwise-names.js';
import type { ProtectedResources } from './tokens/protected-resources.js';

/** What the configuration of an instance calls. */
export interface EngineServices {
  readonly addresses: PublicAddresses;
  readonly accounts: EngineAccounts;
  readonly pairwise: PairwiseSubjects;
  readonly names: PairwiseNames;
  readonly grants: SessionGrants;
  readonly resources: ProtectedResources;
  readonly holders: TokenHolders;
  /** For addresses that tenants have given. */
  readonly fetch: (address: string | URL, options?: RequestInit) => Promise<Response>;
}
