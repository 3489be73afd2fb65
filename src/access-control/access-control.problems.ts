import { defineProblem, Problem } from '../platform/problems/problem.js';
import { permissionDenied } from '../platform/problems/problems.js';

export const unknownPermission = defineProblem('unknown_permission', 422, 'There is no such permission');
export const unknownRole = defineProblem('unknown_role', 422, 'There is no such role');
export const unknownTeam = defineProblem('unknown_team', 422, 'There is no such team');
export const ownerNotForTeams = defineProblem('owner_not_for_teams', 422, 'A team cannot make people owners');
export const ownerNotForApplications = defineProblem(
  'owner_not_for_applications',
  422,
  'An application cannot be an owner',
);
export const systemRole = defineProblem('system_role', 409, 'A system role cannot be changed');
export const productPermission = defineProblem(
  'product_permission',
  409,
  'A permission of the product cannot be changed',
);
export const lastOwner = defineProblem('last_owner', 409, 'The organization would lose its last owner');
export const roleNameTaken = defineProblem('role_name_taken', 409, 'There is a role of this name');
export const permissionTaken = defineProblem('permission_taken', 409, 'There is such a permission');
export const teamNameTaken = defineProblem('team_name_taken', 409, 'There is a team of this name');

export const limitReached = defineProblem('limit_reached', 409, 'There can be no more of these');

export const unknownPermissionProblem = (permission: string): Problem =>
  new Problem(unknownPermission, { detail: `${permission} is not a permission of this organization` });

export const unknownRoleProblem = (role: string): Problem =>
  new Problem(unknownRole, { detail: `There is no role ${role}` });

export const unknownTeamProblem = (team: string): Problem =>
  new Problem(unknownTeam, { detail: `There is no team ${team}` });

export const notHeldProblem = (permission: string): Problem =>
  new Problem(permissionDenied, { detail: `This needs ${permission}, which you do not hold` });

export const notHeldAsLongProblem = (permission: string): Problem =>
  new Problem(permissionDenied, { detail: `You do not hold ${permission} for as long` });

export const tooManyPermissionsProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `All roles together hold at most ${most} permissions` });

export const tooManyTeamsProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `A user belongs to at most ${most} teams` });
