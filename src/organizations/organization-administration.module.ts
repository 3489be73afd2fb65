import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { OrganizationFounding } from './organization-founding.service.js';
import { OrganizationsController } from './organizations.controller.js';

/** The routes of organizations, and founding them: with roles and an owner, so above the features that own those. */
@Module({
  imports: [AccessControlModule, UserAccountsModule, PasswordsModule],
  controllers: [OrganizationsController],
  providers: [OrganizationFounding],
  exports: [OrganizationFounding],
})
export class OrganizationAdministrationModule {}
