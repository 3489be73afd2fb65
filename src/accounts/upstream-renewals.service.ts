import { Injectable } from '@nestjs/common';
import type { UpstreamTokens } from '../providers/provider.types.js';

/**
 * Asks a provider for another access token.
 *
 * @throws Problem `upstream_token_unavailable` where the provider refuses, `unavailable` where it does not answer
 */
export type RenewUpstreamTokens = (
  organizationId: string,
  providerId: string,
  refreshToken: string,
) => Promise<UpstreamTokens>;

/** Who speaks with providers says here how tokens are renewed; accounts come before them in the order of features. */
@Injectable()
export class UpstreamRenewals {
  #renew: RenewUpstreamTokens | null = null;

  /** To be called when the application starts. */
  handle(renew: RenewUpstreamTokens): void {
    this.#renew = renew;
  }

  renew(...parameters: Parameters<RenewUpstreamTokens>): Promise<UpstreamTokens> {
    if (this.#renew === null) throw new Error('nobody has said how upstream tokens are renewed');
    return this.#renew(...parameters);
  }
}
