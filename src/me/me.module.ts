import { Module } from '@nestjs/common';
import { AccountRecoveryModule } from '../account-recovery/account-recovery.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RecentAuthenticationModule } from '../recent-authentication/recent-authentication.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { UsersModule } from '../users/users.module.js';
import { CurrentPassword } from './current-password.service.js';
import { MeController } from './me.controller.js';
import { Me } from './me.service.js';
import { MyDepartureController } from './my-departure.controller.js';
import { MyDeparture } from './my-departure.service.js';
import { MyEmailController } from './my-email.controller.js';
import { MyEmail } from './my-email.service.js';
import { MyExportController } from './my-export.controller.js';
import { MyExport } from './my-export.service.js';
import { MyPassword } from './my-password.service.js';
import { MyProof } from './my-proof.service.js';
import { MyReauthenticationController } from './my-reauthentication.controller.js';
import { MyReauthentication } from './my-reauthentication.service.js';
import { MyPendingEmailController } from './my-pending-email.controller.js';
import { MyPendingEmail } from './my-pending-email.service.js';

/**
 * What people do with their own account. Whatever would take it away from them needs the current password for another one, and that
 * or a recent proof for another address and for leaving. A file with everything needs a recent proof.
 */
@Module({
  imports: [
    AccountRecoveryModule,
    AttemptLimitsModule,
    PasswordsModule,
    RecentAuthenticationModule,
    UserAccountsModule,
    UsersModule,
  ],
  controllers: [
    MeController,
    MyEmailController,
    MyPendingEmailController,
    MyDepartureController,
    MyExportController,
    MyReauthenticationController,
  ],
  providers: [
    Me,
    CurrentPassword,
    MyProof,
    MyPassword,
    MyEmail,
    MyPendingEmail,
    MyDeparture,
    MyExport,
    MyReauthentication,
  ],
})
export class MeModule {}
