import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { EmailDomainsModule } from '../email-domains/email-domains.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MediaModule } from '../media/media.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { RecentAuthenticationModule } from '../recent-authentication/recent-authentication.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignUpModule } from '../sign-up/sign-up.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountSeals } from './account-seals.service.js';
import { AccountTokens } from './account-tokens.service.js';
import { Accounts } from './accounts.service.js';
import { LinkedAccounts } from './linked-accounts.service.js';
import { MappedRoles } from './mapped-roles.service.js';
import { MyAccountsController } from './my-accounts.controller.js';
import { Newcomers } from './newcomers.service.js';
import { UpstreamPictures } from './upstream-pictures.service.js';
import { UpstreamRenewals } from './upstream-renewals.service.js';
import { UserLinkedAccountsController } from './user-accounts.controller.js';

/**
 * Whose upstream account is whose here. The key is provider, issuer and subject; nothing is linked by an address alone; an
 * unverified user is taken over, never merged; the last way in stays. See docs/linking.md.
 */
@Module({
  imports: [
    AccessControlModule,
    EmailDomainsModule,
    InvitationsModule,
    MailModule,
    MediaModule,
    PoliciesModule,
    ProfilesModule,
    RecentAuthenticationModule,
    SessionsModule,
    SignUpModule,
    UserAccountsModule,
    UsersModule,
  ],
  controllers: [MyAccountsController, UserLinkedAccountsController],
  providers: [
    Accounts,
    AccountTokens,
    AccountSeals,
    LinkedAccounts,
    MappedRoles,
    Newcomers,
    UpstreamPictures,
    UpstreamRenewals,
  ],
  exports: [Accounts, LinkedAccounts, UpstreamRenewals],
})
export class AccountsModule {}
