import { Injectable, type OnModuleInit } from '@nestjs/common';
import { upstreamTokenUnavailableProblem } from '../accounts/accounts.problems.js';
import { UpstreamRenewals } from '../accounts/upstream-renewals.service.js';
import { Database } from '../platform/database/database.js';
import { unavailableProblem } from '../platform/problems/problems.js';
import type { UpstreamTokens } from './provider.types.js';
import { Providers } from './providers.service.js';
import { UpstreamFailure } from './upstream-failures.types.js';
import { Upstreams } from './upstream/upstreams.js';

/** Gets new access tokens for old refresh tokens. */
@Injectable()
export class ProviderRenewals implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly upstreams: Upstreams,
    private readonly renewals: UpstreamRenewals,
  ) {}

  onModuleInit(): void {
    this.renewals.handle((...parameters) => this.renew(...parameters));
  }

  /** @throws Problem `upstream_token_unavailable`, `unavailable` */
  private async renew(
    organizationId: string,
    providerId: string,
    refreshToken: string,
  ): Promise<UpstreamTokens> {
    const upstream = await this.database.forOrganization(organizationId, async (tx) => {
      const provider = await this.providers.find(tx, providerId);
      return provider?.isEnabled && provider.clientId !== null
        ? this.providers.upstreamOf(tx, provider)
        : null;
    });
    if (upstream === null) throw upstreamTokenUnavailableProblem('The provider is switched off');
    try {
      return await this.upstreams.renew(upstream, refreshToken, this.upstreams.journal());
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      if (error.isOutage) throw unavailableProblem(error);
      throw upstreamTokenUnavailableProblem('The provider gives no other one', error);
    }
  }
}
