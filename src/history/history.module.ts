import { Module } from '@nestjs/common';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { HistoryController } from './history.controller.js';
import { History } from './history.service.js';
import { MyHistoryController } from './my-history.controller.js';

/**
 * What changed of accounts, and what their users did on which day. Triggers write it, so it is whole whichever program
 * makes a change; here it is read.
 */
@Module({
  imports: [UserAccountsModule],
  controllers: [HistoryController, MyHistoryController],
  providers: [History],
  exports: [History],
})
export class HistoryModule {}
