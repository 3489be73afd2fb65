import { Module } from '@nestjs/common';
import { DomainChecks } from './domain-checks.service.js';
import { EmailDomainAdministration } from './email-domain-administration.service.js';
import { EmailDomainsController } from './email-domains.controller.js';
import { EmailDomains } from './email-domains.service.js';

/**
 * Mail domains that an organization has shown to be its own, and the provider for the people in them. What DNS does not
 * answer changes nothing; what an address leads to says nothing about whose it is.
 */
@Module({
  controllers: [EmailDomainsController],
  providers: [EmailDomains, EmailDomainAdministration, DomainChecks],
  exports: [EmailDomains],
})
export class EmailDomainsModule {}
