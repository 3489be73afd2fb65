import { Module } from '@nestjs/common';
import { ApplicationAdministrationModule } from '../applications/application-administration.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { AccessCheckController } from './access-check.controller.js';
import { AccessCheck } from './access-check.service.js';
import { AccessControlModule } from './access-control.module.js';
import { ApplicationRolesController } from './application-roles.controller.js';
import { ApplicationRoles } from './application-roles.service.js';
import { PermissionsController } from './permissions.controller.js';
import { Permissions } from './permissions.service.js';
import { RolesController } from './roles.controller.js';
import { Roles } from './roles.service.js';
import { TeamMembersController } from './team-members.controller.js';
import { TeamMembers } from './team-members.service.js';
import { TeamRolesController } from './team-roles.controller.js';
import { TeamRoles } from './team-roles.service.js';
import { TeamsController } from './teams.controller.js';
import { Teams } from './teams.service.js';
import { UserRolesController } from './user-roles.controller.js';
import { UserRoles } from './user-roles.service.js';

/**
 * Administering roles, permissions and teams over HTTP, and answering services. A leaf: what other features need of
 * access control stands in its own module, because this one needs users and sessions.
 */
@Module({
  imports: [AccessControlModule, UserAccountsModule, SessionsModule, ApplicationAdministrationModule],
  controllers: [
    RolesController,
    PermissionsController,
    UserRolesController,
    TeamsController,
    TeamMembersController,
    TeamRolesController,
    ApplicationRolesController,
    AccessCheckController,
  ],
  providers: [Roles, Permissions, UserRoles, Teams, TeamMembers, TeamRoles, ApplicationRoles, AccessCheck],
  exports: [Roles],
})
export class AccessAdministrationModule {}
