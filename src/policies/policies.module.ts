import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { PoliciesController } from './policies.controller.js';
import { Policies } from './policies.service.js';
import { PolicyAdministration } from './policy-administration.service.js';

/** Rules that an organization sets for itself. Whatever it leaves open comes from the platform, else from the defaults. */
@Module({
  imports: [AccessControlModule],
  controllers: [PoliciesController],
  providers: [Policies, PolicyAdministration],
  exports: [Policies],
})
export class PoliciesModule {}
