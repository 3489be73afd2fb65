import { Module } from '@nestjs/common';
import { UserAccounts } from './user-accounts.service.js';

/** Users as other features need them: steps in their transactions, which depend on no feature. */
@Module({ providers: [UserAccounts], exports: [UserAccounts] })
export class UserAccountsModule {}
