import { Module } from '@nestjs/common';
import { MediaLinksModule } from '../media/media-links.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { Applications } from './applications.service.js';
import { SecretUses } from './secret-uses.service.js';

/** OAuth clients for other features: who they are, what they may do, whether a secret is theirs. */
@Module({
  imports: [PoliciesModule, MediaLinksModule],
  providers: [Applications, SecretUses],
  exports: [Applications],
})
export class ApplicationsModule {}
