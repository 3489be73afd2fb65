import { Permission } from './permission.entity.js';
import { Role } from './role.entity.js';
import { RolePermission } from './role-permission.entity.js';
import { TeamMember } from './team-member.entity.js';
import { TeamRole } from './team-role.entity.js';
import { Team } from './team.entity.js';
import { UserRole } from './user-role.entity.js';

/** The tables of this feature, for the application's table of contents. */
export const accessControlEntities = [Role, Permission, RolePermission, UserRole, Team, TeamMember, TeamRole];
