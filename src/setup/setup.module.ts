import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { OrganizationAdministrationModule } from '../organizations/organization-administration.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { SetupController } from './setup.controller.js';
import { Setup } from './setup.service.js';

/** The platform organization and the first operator, made once. */
@Module({
  imports: [OrganizationAdministrationModule, AccessControlModule, PasswordsModule, VerificationModule],
  controllers: [SetupController],
  providers: [Setup],
  exports: [Setup],
})
export class SetupModule {}
