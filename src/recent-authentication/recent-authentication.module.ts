import { Module } from '@nestjs/common';
import { PoliciesModule } from '../policies/policies.module.js';
import { RecentAuthentication } from './recent-authentication.service.js';

/** Who has proven not long ago who they are, as the session policy of the organization says how long that is. */
@Module({
  imports: [PoliciesModule],
  providers: [RecentAuthentication],
  exports: [RecentAuthentication],
})
export class RecentAuthenticationModule {}
