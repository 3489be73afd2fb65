import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { AdministeredResetsController } from './administered-resets.controller.js';
import { AdministeredResets } from './administered-resets.service.js';
import { CodeConfirmations } from './code-confirmations.service.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { EmailVerification } from './email-verification.service.js';
import { MagicLinkController } from './magic-link.controller.js';
import { MagicLink } from './magic-link.service.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordReset } from './password-reset.service.js';
import { RecoveryStarts } from './recovery-starts.service.js';
import { TokenConfirmations } from './token-confirmations.service.js';

/**
 * Ways back to an account, each by a mail to its address: verifying it, a new password, a link that signs in. Asking tells
 * nobody who has an account; what was asked for is used once, and every wrong token and code gets one answer.
 */
@Module({
  imports: [
    AttemptLimitsModule,
    MailModule,
    PasswordsModule,
    PoliciesModule,
    SignInModule,
    UserAccountsModule,
    UsersModule,
    VerificationModule,
  ],
  controllers: [
    EmailVerificationController,
    PasswordResetController,
    MagicLinkController,
    AdministeredResetsController,
  ],
  providers: [
    RecoveryStarts,
    TokenConfirmations,
    CodeConfirmations,
    EmailVerification,
    PasswordReset,
    MagicLink,
    AdministeredResets,
  ],
  exports: [TokenConfirmations, CodeConfirmations, EmailVerification, PasswordReset, MagicLink],
})
export class AccountRecoveryModule {}
