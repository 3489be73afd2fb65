import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { RecentAuthenticationModule } from '../recent-authentication/recent-authentication.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeys } from './api-keys.service.js';

/** Credentials for programs: never wider than their creator at the time of use, dead with the creator, stored as hashes. */
@Module({
  imports: [AccessControlModule, RecentAuthenticationModule],
  controllers: [ApiKeysController],
  providers: [ApiKeys],
})
export class ApiKeysModule {}
