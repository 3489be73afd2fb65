import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { PoliciesController } from './policies.controller.js';
import { PoliciesModule } from './policies.module.js';
import { PolicyAdministration } from './policy-administration.service.js';

/** The routes of policies. Naming a role there follows the rules of giving it, so this stands above access control. */
@Module({
  imports: [PoliciesModule, AccessControlModule],
  controllers: [PoliciesController],
  providers: [PolicyAdministration],
})
export class PolicyAdministrationModule {}
