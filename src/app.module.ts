import { type DynamicModule, Module } from '@nestjs/common';
import { AccessAdministrationModule } from './access-control/access-administration.module.js';
import { AccessControlModule } from './access-control/access-control.module.js';
import { accessControlEntities } from './access-control/access-control.entities.js';
import { AccessTokensModule } from './access-tokens/access-tokens.module.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { AccountRecoveryModule } from './account-recovery/account-recovery.module.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { ApplicationAdministrationModule } from './applications/application-administration.module.js';
import { applicationsEntities } from './applications/applications.entities.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { AuditModule } from './audit/audit.module.js';
import { emailDomainsEntities } from './email-domains/email-domains.entities.js';
import { EmailDomainsModule } from './email-domains/email-domains.module.js';
import { HistoryModule } from './history/history.module.js';
import { HostedPagesModule } from './hosted-pages/hosted-pages.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { MailTemplate } from './mail/mail-template.entity.js';
import { MailModule } from './mail/mail.module.js';
import { OutboxMail } from './mail/outbox-mail.entity.js';
import { Media } from './media/media.entity.js';
import { MediaModule } from './media/media.module.js';
import { MeModule } from './me/me.module.js';
import { Organization } from './organizations/organization.entity.js';
import { NavigationItem } from './navigation/navigation-item.entity.js';
import { NavigationModule } from './navigation/navigation.module.js';
import { OidcModule } from './oidc/oidc.module.js';
import { OrganizationAdministrationModule } from './organizations/organization-administration.module.js';
import { OrganizationDiscoveryModule } from './organization-discovery/organization-discovery.module.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { AccessModule } from './platform/access/access.module.js';
import { ConfigModule } from './platform/config/config.module.js';
import type { Config } from './platform/config/settings.js';
import { CryptoModule } from './platform/crypto/crypto.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { DnsModule } from './platform/dns/dns.module.js';
import type { TxtResolver } from './platform/dns/txt-resolver.js';
import { HealthModule } from './platform/health/health.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import type { Log } from './platform/log/log.js';
import { LogModule } from './platform/log/log.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { OutboundModule } from './platform/outbound/outbound.module.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { PolicyAdministrationModule } from './policies/policy-administration.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { providersEntities } from './providers/providers.entities.js';
import { ProvidersModule } from './providers/providers.module.js';
import { UserProfile } from './profiles/user-profile.entity.js';
import { RolePresetsModule } from './role-presets/role-presets.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { SessionAdministrationModule } from './sessions/session-administration.module.js';
import { ScopeAdministrationModule } from './scopes/scope-administration.module.js';
import { scopesEntities } from './scopes/scopes.entities.js';
import { ScopesModule } from './scopes/scopes.module.js';
import { Session } from './sessions/session.entity.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SetupModule } from './setup/setup.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { SignInFlowModule } from './sign-in-flow/sign-in-flow.module.js';
import { SigningKeysModule } from './signing-keys/signing-keys.module.js';
import { SignUpModule } from './sign-up/sign-up.module.js';
import { ThemesModule } from './themes/themes.module.js';
import { User } from './users/user.entity.js';
import { UsersModule } from './users/users.module.js';
import { TokenTypesModule } from './verification/token-types.module.js';
import { VerificationModule } from './verification/verification.module.js';

const entities = [
  Organization,
  User,
  ...accessControlEntities,
  Session,
  ApiKey,
  NavigationItem,
  Media,
  UserProfile,
  OutboxMail,
  MailTemplate,
  ...scopesEntities,
  ...applicationsEntities,
  ...providersEntities,
  ...emailDomainsEntities,
];

/** The table of contents: the platform, then the features, each after those that it uses. */
@Module({})
export class AppModule {
  static with(config: Config, log: Log, serverUrl: string, txtResolver?: TxtResolver): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        LogModule.with(log),
        CryptoModule,
        DatabaseModule.with(serverUrl, entities),
        MetricsModule,
        HttpModule,
        OutboundModule,
        DnsModule.with(txtResolver),
        JobsModule,
        RedisModule,
        AccessModule,
        HealthModule,

        AuditModule,
        VerificationModule,
        MailModule,
        SessionsModule,
        OrganizationsModule,
        PoliciesModule,
        PasswordsModule,
        AccessControlModule,
        UsersModule,
        AccessAdministrationModule,
        RolePresetsModule,
        OrganizationAdministrationModule,
        PolicyAdministrationModule,
        TokenTypesModule,
        SessionAdministrationModule,
        ApiKeysModule,
        SignUpModule,
        SignInModule,
        AccountRecoveryModule,
        InvitationsModule,
        MeModule,
        ProfilesModule,
        MediaModule,
        EmailDomainsModule,
        AccountsModule,
        ScopesModule,
        ApplicationsModule,
        ScopeAdministrationModule,
        ApplicationAdministrationModule,
        OidcModule,
        HistoryModule,
        NavigationModule,
        ThemesModule,
        AnalyticsModule,
        SigningKeysModule,
        AccessTokensModule,
        RetentionModule,
        SetupModule,
        ProvidersModule,
        SignInFlowModule,
        OrganizationDiscoveryModule,
        HostedPagesModule,
      ],
    };
  }
}
