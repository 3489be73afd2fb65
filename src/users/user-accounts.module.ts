import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { UserAccounts } from './user-accounts.service.js';

/** Users as other features need them: steps in their transactions. Of features it knows the outbox alone. */
@Module({ imports: [MailModule], providers: [UserAccounts], exports: [UserAccounts] })
export class UserAccountsModule {}
