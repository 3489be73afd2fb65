/** A row of the list, as services apply it. */
export interface Revocation {
  readonly subject: string;
  readonly issuedBefore: Date;
}

/**
 * Tokens of the subject whose `iat` is not larger are dead. A token says its second only, so one that was issued in the
 * same second after the revocation counts as dead, too.
 */
export const lastDeadSecond = ({ issuedBefore }: Pick<Revocation, 'issuedBefore'>): number =>
  Math.floor(issuedBefore.getTime() / 1_000);

/**
 * The name of a revocation in Redis. The braces make one slot of a cluster of everything that belongs to an organization,
 * so that one MGET asks for all that concerns a token.
 */
export const redisKey = (organizationId: string, subject: string): string =>
  `tenantry:revoked:{${organizationId}}:${subject}`;

/** Is there as long as Redis has forgotten nothing; each deployment has its own. */
export const redisMark = (platformId: string): string => `tenantry:revocations:{${platformId}}`;
