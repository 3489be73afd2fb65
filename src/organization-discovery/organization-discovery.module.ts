import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { OrganizationDiscovery } from './organization-discovery.service.js';

/** Which organizations know an address, for the person who reads its mails and nobody else. */
@Module({
  imports: [AttemptLimitsModule, MailModule],
  providers: [OrganizationDiscovery],
  exports: [OrganizationDiscovery],
})
export class OrganizationDiscoveryModule {}
