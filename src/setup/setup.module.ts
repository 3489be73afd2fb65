import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { OrganizationAdministrationModule } from '../organizations/organization-administration.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SetupController } from './setup.controller.js';
import { Setup } from './setup.service.js';

/** The platform organization and the first operator, made once. */
@Module({
  imports: [OrganizationAdministrationModule, AccessControlModule, PasswordsModule],
  controllers: [SetupController],
  providers: [Setup],
  exports: [Setup],
})
export class SetupModule {}
