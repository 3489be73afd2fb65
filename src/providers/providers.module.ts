import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { ProviderAdministration } from './provider-administration.service.js';
import { ProviderAttemptsController } from './provider-attempts.controller.js';
import { ProviderAttempts } from './provider-attempts.service.js';
import { ProviderChecks } from './provider-checks.service.js';
import { ProviderRenewals } from './provider-renewals.service.js';
import { ProviderSeals } from './provider-seals.service.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { ProviderSignIns } from './provider-sign-ins.service.js';
import { ProvidersController } from './providers.controller.js';
import { Providers } from './providers.service.js';
import { CircuitBreakers } from './upstream/circuit-breakers.js';
import { DiscoveryDocuments } from './upstream/discovery-documents.js';
import { GithubClient } from './upstream/github-client.js';
import { GoogleClient } from './upstream/google-client.js';
import { MicrosoftClient } from './upstream/microsoft-client.js';
import { Oauth2Client } from './upstream/oauth2-client.js';
import { OidcClient } from './upstream/oidc-client.js';
import { SigningKeySets } from './upstream/signing-key-sets.js';
import { Upstreams } from './upstream/upstreams.js';

/**
 * Upstream identity providers: what they are, and the way to them and back. An answer is taken once, in the browser that
 * left, from the provider that it left for, with nonce and signature; who somebody is here, accounts decide.
 */
@Module({
  imports: [AccessControlModule, AccountsModule, AttemptLimitsModule],
  controllers: [ProvidersController, ProviderAttemptsController],
  providers: [
    Providers,
    ProviderAdministration,
    ProviderChecks,
    ProviderSecrets,
    ProviderSignIns,
    ProviderAttempts,
    ProviderRenewals,
    ProviderSeals,
    Upstreams,
    CircuitBreakers,
    DiscoveryDocuments,
    SigningKeySets,
    GoogleClient,
    GithubClient,
    MicrosoftClient,
    OidcClient,
    Oauth2Client,
  ],
  exports: [Providers, ProviderSignIns, ProviderAttempts],
})
export class ProvidersModule {}
