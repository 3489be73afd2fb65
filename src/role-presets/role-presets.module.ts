import { Module } from '@nestjs/common';
import { AccessAdministrationModule } from '../access-control/access-administration.module.js';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { RolePresetsController } from './role-presets.controller.js';
import { RolePresets } from './role-presets.service.js';

/** Ready-made roles that an organization can load. Nobody loads what they could not create by hand. */
@Module({
  imports: [AccessControlModule, AccessAdministrationModule],
  controllers: [RolePresetsController],
  providers: [RolePresets],
})
export class RolePresetsModule {}
