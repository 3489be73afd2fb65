import { tooManyPermissionsProblem, tooManyTeamsProblem } from './access-control.problems.js';

/*
 * What a look-up has to gather for one user. All organizations share the look-ups, so none may make one that takes
 * seconds.
 */
export const mostRolePermissions = 10_000;
export const mostTeamsOfUser = 200;

/** @throws Problem `limit_reached` */
export function requireRoomForPermissions(held: number): void {
  if (held > mostRolePermissions) throw tooManyPermissionsProblem(mostRolePermissions);
}

/** @throws Problem `limit_reached` */
export function requireRoomForTeams(joined: number): void {
  if (joined > mostTeamsOfUser) throw tooManyTeamsProblem(mostTeamsOfUser);
}
