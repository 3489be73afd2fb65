import { Module, type OnModuleInit } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { AccessTokensModule } from '../access-tokens/access-tokens.module.js';
import { ApplicationAdministrationModule } from '../applications/application-administration.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { MediaLinksModule } from '../media/media-links.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { ScopesModule } from '../scopes/scopes.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { GrantedApplications } from './granted-applications.service.js';
import { IssuerDocuments } from './issuer-documents.service.js';
import { Issuers } from './issuers.service.js';
import { LogoutMessenger } from './logout-deliveries/logout-messenger.service.js';
import { LogoutDeliveriesController } from './logout-deliveries.controller.js';
import { LogoutDeliveries } from './logout-deliveries.service.js';
import { MyApplicationsController } from './my-applications.controller.js';
import { OidcInteractions } from './oidc-interactions.service.js';
import { ProtocolRecords } from './protocol-records.service.js';
import { ProtocolRequests } from './requests/protocol-requests.service.js';
import { UserApplicationsController } from './user-applications.controller.js';

/**
 * Every organization is an OpenID Provider. The protocol is the engine's; sessions, store, keys, accounts and pages are
 * ours. Whatever it issues belongs to a grant and a session row, and dies with them at the next request.
 */
@Module({
  imports: [
    AccessControlModule,
    UserAccountsModule,
    AccessTokensModule,
    AttemptLimitsModule,
    ApplicationAdministrationModule,
    OrganizationsModule,
    ApplicationsModule,
    MediaLinksModule,
    ScopesModule,
    SigningKeysModule,
  ],
  controllers: [MyApplicationsController, UserApplicationsController, LogoutDeliveriesController],
  providers: [
    Issuers,
    IssuerDocuments,
    OidcInteractions,
    GrantedApplications,
    LogoutDeliveries,
    LogoutMessenger,
    ProtocolRecords,
    ProtocolRequests,
  ],
  exports: [Issuers, OidcInteractions, GrantedApplications],
})
export class OidcModule implements OnModuleInit {
  constructor(
    private readonly issuers: Issuers,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'oidc_instances',
      'Instances of the protocol engine in memory',
      () => this.issuers.instances,
    );
  }
}
