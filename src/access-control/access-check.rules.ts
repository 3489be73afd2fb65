/** A role that reaches a user, and by which ways, as the database tells it. */
export interface ReachingRole {
  readonly role: string;
  readonly permissions: readonly string[];
  /** By a team, or directly. */
  readonly ways: readonly { readonly team: string | null; readonly expiresAt: string | null }[];
}

export interface Reason {
  role: string;
  /** `user` or `application`, or `team:` and the team's name. */
  through: string;
  expiresAt?: string;
}

/** More explain nothing, and an answer may hold a hundred such lists. */
const mostReasons = 1_000;

/** The ways that give a permission, up to a number; none means that it is not given. */
export function reasonsFor(
  permission: string,
  roles: readonly ReachingRole[],
  isPlatform: boolean,
  holder: 'user' | 'application' = 'user',
): Reason[] {
  const reasons: Reason[] = [];
  // No wildcard of another organization reaches the platform's permissions.
  if (!isPlatform && permission.startsWith('platform:')) return reasons;
  const wildcard = `${permission.slice(0, permission.indexOf(':'))}:*`;
  for (const { role, permissions, ways } of roles) {
    if (!permissions.includes(permission) && !permissions.includes(wildcard) && !permissions.includes('*'))
      continue;
    for (const { team, expiresAt } of ways.slice(0, mostReasons - reasons.length)) {
      const reason: Reason = { role, through: team === null ? holder : `team:${team}` };
      if (expiresAt !== null) reason.expiresAt = expiresAt;
      reasons.push(reason);
    }
  }
  return reasons;
}
