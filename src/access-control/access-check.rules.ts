/** One way by which a role reaches a user, as the database tells it. */
export interface ReachingGrant {
  readonly role: string;
  readonly team: string | null;
  readonly expiresAt: string | null;
  readonly permissions: readonly string[];
}

export interface Reason {
  role: string;
  /** `user`, or `team:` and the team's name. */
  through: string;
  expiresAt?: string;
}

/** The grants that give a permission; none means that it is not given. */
export function reasonsFor(
  permission: string,
  grants: readonly ReachingGrant[],
  isPlatform: boolean,
): Reason[] {
  const reasons: Reason[] = [];
  // No wildcard of another organization reaches the platform's permissions.
  if (!isPlatform && permission.startsWith('platform:')) return reasons;
  const wildcard = `${permission.slice(0, permission.indexOf(':'))}:*`;
  for (const { role, team, expiresAt, permissions } of grants) {
    if (!permissions.includes(permission) && !permissions.includes(wildcard) && !permissions.includes('*'))
      continue;
    const reason: Reason = { role, through: team === null ? 'user' : `team:${team}` };
    if (expiresAt !== null) reason.expiresAt = expiresAt;
    reasons.push(reason);
  }
  return reasons;
}
