import { Module } from '@nestjs/common';
import { AccountRecoveryModule } from '../account-recovery/account-recovery.module.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { SignUpModule } from '../sign-up/sign-up.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { BrowserSessions } from './browser-sessions.service.js';
import { NewUserSignIn } from './new-user-sign-in.service.js';
import { ProviderSignIn } from './provider-sign-in.service.js';
import { SignInBeginnings } from './sign-in-beginnings.service.js';
import { SignInFlows } from './sign-in-flows.service.js';
import { MagicLinkStep } from './steps/magic-link.service.js';
import { PasswordStep } from './steps/password.service.js';
import { ResetStep } from './steps/reset.service.js';
import { VerificationStep } from './steps/verification.service.js';

/**
 * The way from "who are you" to a session, as a row that one browser moves from step to step. No step is skipped, none is
 * repeated, none is finished elsewhere; each asks the services that the API asks, with their counters.
 */
@Module({
  imports: [
    AccountRecoveryModule,
    AccountsModule,
    AttemptLimitsModule,
    SignInModule,
    SignUpModule,
    UserAccountsModule,
  ],
  providers: [
    SignInFlows,
    SignInBeginnings,
    BrowserSessions,
    NewUserSignIn,
    ProviderSignIn,
    PasswordStep,
    VerificationStep,
    MagicLinkStep,
    ResetStep,
  ],
  exports: [
    SignInFlows,
    SignInBeginnings,
    BrowserSessions,
    NewUserSignIn,
    ProviderSignIn,
    PasswordStep,
    VerificationStep,
    MagicLinkStep,
    ResetStep,
  ],
})
export class SignInFlowModule {}
