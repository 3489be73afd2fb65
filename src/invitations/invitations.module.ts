import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { InvitationAcceptanceController } from './invitation-acceptance.controller.js';
import { InvitationAcceptance } from './invitation-acceptance.service.js';
import { InvitationMails } from './invitation-mails.service.js';
import { InvitationsController } from './invitations.controller.js';
import { Invitations } from './invitations.service.js';

/**
 * Inviting people by mail. Nobody invites to more than they hold, neither when they invite nor when it is accepted; a link
 * works once; one address has one invitation; who is a user already accepts signed in.
 */
@Module({
  imports: [
    AccessControlModule,
    AttemptLimitsModule,
    MailModule,
    PasswordsModule,
    PoliciesModule,
    UserAccountsModule,
    VerificationModule,
  ],
  controllers: [InvitationsController, InvitationAcceptanceController],
  providers: [Invitations, InvitationAcceptance, InvitationMails],
  exports: [InvitationAcceptance],
})
export class InvitationsModule {}
