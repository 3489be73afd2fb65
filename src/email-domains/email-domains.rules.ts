import type { DnsAnswer } from '../platform/dns/txt-resolver.js';
import { unavailableProblem } from '../platform/problems/problems.js';
import { emailDomainNotVerifiedProblem } from './email-domains.problems.js';

/** A label of its own, so that it stands beside whatever the domain says for others. */
const label = '_tenantry-challenge';
const prefix = 'tenantry-domain-verification=';

/** An outage of somebody's DNS, or a mistake in it, locks nobody out within a week. */
const patienceMilliseconds = 7 * 86_400_000;

/** Where the entry has to stand. */
export const challengeName = (domain: string): string => `${label}.${domain}`;
/** What it has to say. */
export const challengeValue = (challenge: string): string => `${prefix}${challenge}`;

export type Finding = 'found' | 'missing' | 'silent';

/** The entry alone, whole: what begins like it, or stands within another, was not put there for this. */
export function findChallenge(answer: DnsAnswer, challenge: string): Finding {
  if (answer.kind === 'silent') return 'silent';
  if (answer.kind === 'none') return 'missing';
  return answer.texts.some((text) => text.trim() === challengeValue(challenge)) ? 'found' : 'missing';
}

/** @throws Problem `email_domain_not_verified`, or `unavailable` where DNS does not answer */
export function requireFound(finding: Finding, answer: DnsAnswer, domain: string): void {
  if (finding === 'found') return;
  if (finding === 'silent') throw unavailableProblem();
  const name = challengeName(domain);
  throw emailDomainNotVerifiedProblem(
    answer.kind === 'entries'
      ? `None of the TXT entries of ${name} is the one that was asked for`
      : `There are no TXT entries of ${name}`,
  );
}

export interface DomainState {
  readonly verifiedAt: Date | null;
  readonly missingSince: Date | null;
}

export interface DomainChange extends DomainState {
  readonly event: 'email_domain.verified' | 'email_domain.missing' | 'email_domain.lapsed' | null;
}

/** What becomes of a domain when somebody has looked. */
export function decideCheck(
  { verifiedAt, missingSince }: DomainState,
  finding: Finding,
  now: Date,
): DomainChange {
  if (finding === 'found')
    return {
      verifiedAt: verifiedAt ?? now,
      missingSince: null,
      event: verifiedAt === null ? 'email_domain.verified' : null,
    };
  if (finding === 'silent' || verifiedAt === null) return { verifiedAt, missingSince, event: null };
  if (missingSince === null) return { verifiedAt, missingSince: now, event: 'email_domain.missing' };
  if (now.getTime() - missingSince.getTime() < patienceMilliseconds)
    return { verifiedAt, missingSince, event: null };
  return { verifiedAt: null, missingSince: null, event: 'email_domain.lapsed' };
}
