import { Injectable } from '@nestjs/common';
import type { ProviderType } from './provider.types.js';
import { providerUnusableProblem } from './providers.problems.js';
import { UpstreamFailure } from './upstream-failures.types.js';
import { DiscoveryDocuments, WrongDocument } from './upstream/discovery-documents.js';
import { Upstreams } from './upstream/upstreams.js';

/** Looks at a provider before anybody depends on it. */
@Injectable()
export class ProviderChecks {
  constructor(
    private readonly upstreams: Upstreams,
    private readonly documents: DiscoveryDocuments,
  ) {}

  /** What is wrong with the discovery document, field by field. @throws Problem `provider_unusable` */
  async requireUsable({
    type,
    issuer,
  }: {
    readonly type: ProviderType;
    readonly issuer: string | null;
    readonly settings: Readonly<Record<string, unknown>>;
  }): Promise<void> {
    if (type !== 'oidc' || issuer === null) return;
    const pointer = '/issuer';
    try {
      await this.documents.read(issuer, this.upstreams.journal(), { isFresh: true });
    } catch (error) {
      if (error instanceof WrongDocument)
        throw providerUnusableProblem(
          error.mistakes.map(({ field, detail }) => ({
            pointer,
            detail: `its discovery document: ${field === '' ? 'it' : `"${field}"`} ${detail}`,
          })),
          error,
        );
      if (!(error instanceof UpstreamFailure)) throw error;
      throw providerUnusableProblem([{ pointer, detail: `its discovery document: ${error.message}` }], error);
    }
  }
}
