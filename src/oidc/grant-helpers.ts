import type { Context, Provider } from 'oidc-provider';

interface Proof {
  readonly thumbprint: string;
}

/** Steps of the engine's own grants, for grants of ours. */
export interface GrantHelpers {
  validateDpop(provider: Provider, ctx: Context): Promise<Proof | undefined>;
  checkDpopRequired(provider: Provider, ctx: Context, proof: Proof | undefined): void;
  checkDpopReplay(provider: Provider, ctx: Context, proof: Proof, applicationId: string): Promise<void>;
}

/** They have no public door; the version of the engine is pinned, and tests go through them. */
export async function grantHelpers(): Promise<GrantHelpers> {
  return (await import('oidc-provider/lib/helpers/grants.js' as never)) as GrantHelpers;
}
