/** The user whom an arrival could be about: the one that the account is linked with or, without one, of the same address. */
export type LocalUser = 'none' | 'unverified' | 'verified' | 'locked' | 'deactivated';

/** What an upstream account is to us already. */
export type Link =
  /** It is linked with nobody. */
  | 'nobody'
  /** With the user who is signed in; where nobody is, with some user. */
  | 'them'
  /** With another user than the one who is signed in. */
  | 'somebody-else';

/** Who is in front of the browser, as far as we know: somebody signed in counts only where they have asked to link. */
export type Standing = 'not-signed-in' | 'recently-proven' | 'not-recently-proven';

export interface Situation {
  readonly standing: Standing;
  readonly link: Link;
  readonly local: LocalUser;
  /** Whether the provider says in clear that the address is the person's. */
  readonly isVerifiedUpstream: boolean;
  /** Whether the organization takes the provider's word for addresses of that domain. */
  readonly isTrusted: boolean;
}

export type Outcome =
  /** The account is linked: sign its user in. */
  | 'sign-in'
  /** A new user with that address. */
  | 'create'
  /** A new user without an address: nobody vouches for the one that was named. */
  | 'create-without-address'
  /** The same person by the word of both sides. */
  | 'link-by-address'
  /** Take the account over, after everything that somebody else could have kept. */
  | 'reclaim'
  | 'link'
  | 'nothing-to-do'
  | 'refuse-account-exists'
  | 'refuse-unavailable'
  | 'refuse-reauthentication'
  | 'refuse-linked-elsewhere';

/** The table of docs/linking.md, which a test holds against this, cell by cell. */
export function decideArrival(situation: Situation): Outcome {
  return situation.standing === 'not-signed-in' ? decideSignIn(situation) : decideLink(situation);
}

function decideSignIn({ link, local, isVerifiedUpstream, isTrusted }: Situation): Outcome {
  if (link !== 'nobody') return isShut(local) ? 'refuse-unavailable' : 'sign-in';
  // An address that nobody vouches for says nothing about anybody, so it finds nobody, and is not taken over.
  if (!isVerifiedUpstream) return 'create-without-address';
  if (local === 'none') return 'create';
  // Whoever runs an untrusted provider could name any address.
  if (!isTrusted) return 'refuse-account-exists';
  if (isShut(local)) return 'refuse-unavailable';
  return local === 'verified' ? 'link-by-address' : 'reclaim';
}

/** Whoever is signed in says what is theirs; addresses have no say in it. */
function decideLink({ standing, link }: Situation): Outcome {
  if (standing === 'not-recently-proven') return 'refuse-reauthentication';
  if (link === 'somebody-else') return 'refuse-linked-elsewhere';
  return link === 'them' ? 'nothing-to-do' : 'link';
}

const isShut = (local: LocalUser): boolean => local === 'locked' || local === 'deactivated';

export interface LocalAccount {
  readonly status: 'initializing' | 'active' | 'locked' | 'deactivated';
  readonly email: string | null;
  readonly emailVerifiedAt: Date | null;
}

export function localUserOf(user: LocalAccount | null): LocalUser {
  if (user === null) return 'none';
  if (user.status === 'locked' || user.status === 'deactivated') return user.status;
  return user.emailVerifiedAt === null ? 'unverified' : 'verified';
}

export const domainOf = (email: string): string => email.slice(email.indexOf('@') + 1);

/** Whole domains: trust in acme.example says nothing of evil-acme.example or of a subdomain. */
export function isTrustedFor(trustedDomains: readonly string[], email: string | null): boolean {
  return email !== null && trustedDomains.includes(domainOf(email));
}

/** Where a provider is for certain domains only, it has to vouch for an address of one of them, each time. */
export function isAllowed(
  allowedDomains: readonly string[],
  { email, emailVerified }: { readonly email: string | null; readonly emailVerified: boolean },
): boolean {
  if (allowedDomains.length === 0) return true;
  return email !== null && emailVerified && allowedDomains.includes(domainOf(email));
}

export interface Admission {
  readonly mode: 'closed' | 'invitation' | 'open';
  readonly domains: readonly string[];
  readonly justInTime: boolean;
  /** Of the new user; null where nobody vouches for one. */
  readonly email: string | null;
  /** Whether there is an open invitation to that address, and the provider is trusted for it. */
  readonly isInvited: boolean;
  /** Whether the organization has shown that the domain is its own, and its people come by this provider. */
  readonly isOwnDomain: boolean;
}

export type AdmissionOutcome = 'admit' | 'closed' | 'domain-not-allowed';

/**
 * Whether somebody new becomes a user. An invitation is one, whatever the mode; so are people of the organization's own
 * domain who come by the provider that it has named for them: strangers they are not.
 */
export function decideAdmission(admission: Admission): AdmissionOutcome {
  const { mode, domains, justInTime, email, isInvited, isOwnDomain } = admission;
  if (isInvited) return 'admit';
  if (!justInTime) return 'closed';
  if (isOwnDomain) return 'admit';
  if (mode !== 'open') return 'closed';
  if (domains.length === 0) return 'admit';
  return email !== null && domains.includes(domainOf(email)) ? 'admit' : 'domain-not-allowed';
}

/** Whether somebody must show that they read the mail of their address before they are signed in. */
export function owesMail(user: LocalAccount, emailVerification: 'optional' | 'required'): boolean {
  return emailVerification === 'required' && user.email !== null && user.emailVerifiedAt === null;
}

/** How somebody has proven who they are (RFC 8176, and `fed` for "somebody else says so"). */
export function methodsOf(hasSecondFactor: boolean): string[] {
  return hasSecondFactor ? ['fed', 'mfa'] : ['fed'];
}

export interface WaysIn {
  readonly hasPassword: boolean;
  /** Accounts that would be left, of providers that are switched on. */
  readonly otherAccounts: number;
  /** Whether a link in a mail signs in, and there is a verified address for it. */
  readonly hasMagicLink: boolean;
}

/** Whoever cuts off the last way in would never come back. */
export function isLastWayIn({ hasPassword, otherAccounts, hasMagicLink }: WaysIn): boolean {
  return !hasPassword && otherAccounts === 0 && !hasMagicLink;
}

/** Names for somebody who has no address, the most fitting first; one of them is free. */
export function usernamesFor(
  { username, name }: { readonly username: string | null; readonly name: string | null },
  suffixes: readonly string[],
): string[] {
  const wanted = readableName(username) ?? readableName(name) ?? 'user';
  return [wanted, ...suffixes.map((suffix) => `${wanted}-${suffix}`)];
}

function readableName(text: string | null): string | null {
  const name = (text ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/@.*$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .toLowerCase()
    .replace(/^[-._]+|[-._]+$/g, '')
    .slice(0, 40);
  return name === '' ? null : name;
}
