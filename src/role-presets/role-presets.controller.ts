import { Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { LoadedRolePreset, RolePresetList } from './role-presets.dto.js';
import { RolePresets } from './role-presets.service.js';

@ApiTags('Roles')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/role-presets')
export class RolePresetsController {
  constructor(private readonly presets: RolePresets) {}

  @Get()
  @Requires('roles:read')
  @Operation({ summary: 'List ready-made sets of roles', answer: RolePresetList })
  list(): RolePresetList {
    return this.presets.list();
  }

  @Put(':preset')
  @ApiParam({ name: 'preset', description: 'Name of the preset', example: 'posters-and-commenters' })
  @Requires('roles:write')
  @Operation({
    summary: 'Load a set of roles',
    description:
      'Creates those of its roles that are not there; a role of the same name stays as it is. The rules are those of ' +
      'creating each role.',
    answer: LoadedRolePreset,
    problems: [limitReached],
  })
  load(@Caller() actor: Actor, @Param('preset') preset: string): Promise<LoadedRolePreset> {
    return this.presets.load(actor, preset);
  }
}
