import { Module } from '@nestjs/common';
import { OrganizationDiscoveryModule } from '../organization-discovery/organization-discovery.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { SignInFlowModule } from '../sign-in-flow/sign-in-flow.module.js';
import { ThemesModule } from '../themes/themes.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { PageHosts } from './page-hosts.service.js';
import { SignInOptions } from './sign-in/sign-in-options.service.js';

/**
 * The organization's pages for people, rendered by the server. They work without JavaScript; opening one uses nothing up,
 * a click posts; nothing from elsewhere runs in them or frames them. A leaf: nobody imports it.
 */
@Module({
  imports: [
    OrganizationDiscoveryModule,
    PoliciesModule,
    ProvidersModule,
    SignInFlowModule,
    ThemesModule,
    VerificationModule,
  ],
  providers: [PageHosts, SignInOptions],
  exports: [PageHosts],
})
export class HostedPagesModule {}
