import { Injectable } from '@nestjs/common';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Roles } from '../access-control/roles.service.js';
import type { Actor } from '../platform/access/actor.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type { LoadedRolePreset, RolePresetList } from './role-presets.dto.js';
import { findPreset, rolePresets } from './role-presets.rules.js';

/** Ready-made roles. */
@Injectable()
export class RolePresets {
  constructor(
    private readonly changes: GuardedChanges,
    private readonly roles: Roles,
  ) {}

  list(): RolePresetList {
    return { items: rolePresets.map((preset) => ({ ...preset, roles: [...preset.roles] })) };
  }

  /** Creates the roles of the preset that are not there. @throws Problem `not_found`, `permission_denied` */
  load(actor: Actor, name: string): Promise<LoadedRolePreset> {
    const preset = findPreset(name) ?? raise(notFoundProblem());
    return this.changes.run(actor, 'role.created', null, async (tx) => ({
      created: await this.roles.ensure(tx, actor, preset.roles),
    }));
  }
}
