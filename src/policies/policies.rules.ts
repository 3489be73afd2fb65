import { Problem } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { canonicalDomain } from '../users/identifiers.rules.js';
import { defaultRoleOwner, policyContradictionProblem } from './policies.problems.js';

export interface RegistrationPolicy {
  mode: 'closed' | 'invitation' | 'open';
  /** Canonical; empty for any. */
  domains: string[];
  emailVerification: 'optional' | 'required';
  firstUserRole: string | null;
  defaultRole: string;
}

export interface PasswordPolicy {
  minLength: number;
  blockedWords: string[];
  /** Who starts a reset: everybody their own, or administrators alone. */
  reset: 'self-service' | 'administrator';
}

export interface SessionPolicy {
  idleSeconds: number;
  absoluteSeconds: number;
  /** How long after proving who they are somebody may do what a stolen session must not. */
  recentAuthenticationSeconds: number;
}

export interface SignInPolicy {
  /** Whether a link in a mail signs people in. */
  magicLink: boolean;
  /** Whether the page asks who somebody is before it asks for the password. */
  identifierFirst: boolean;
}

/** How long what applications get is good for, unless an application says otherwise. */
export interface TokensPolicy {
  opaqueAccessTokenSeconds: number;
  jwtAccessTokenSeconds: number;
  idTokenSeconds: number;
  refreshIdleSeconds: number;
  refreshAbsoluteSeconds: number;
}

export interface SigningKeysPolicy {
  /** How long a key signs before the next one takes over. */
  rotationDays: number;
}

/** Every kind of policy with its values. */
export interface PolicyValues {
  registration: RegistrationPolicy;
  password: PasswordPolicy;
  session: SessionPolicy;
  'sign-in': SignInPolicy;
  tokens: TokensPolicy;
  'signing-keys': SigningKeysPolicy;
}

export type PolicyKind = keyof PolicyValues;
export type PolicySource = 'organization' | 'platform' | 'default';
export type SourcedPolicy<Values> = { [Key in keyof Values]: { value: Values[Key]; source: PolicySource } };

/** The documents that apply to an organization: its own and the platform's, with the keys that each sets. */
export interface PolicyDocuments<Kind extends PolicyKind> {
  readonly own: Partial<PolicyValues[Kind]>;
  readonly platform: Partial<PolicyValues[Kind]>;
  readonly isPlatform: boolean;
}

/** What a request does to a document. */
export interface PolicyChange<Kind extends PolicyKind> {
  readonly set: Partial<PolicyValues[Kind]>;
  readonly givenBack: readonly (keyof PolicyValues[Kind])[];
}

const day = 86_400;
export const longestSessionSeconds = 30 * day;
/** Nobody stays so trusted for longer. */
export const longestRecentAuthenticationSeconds = 1_800;
/** What no policy and no application exceeds. */
export const longestTokens = {
  opaqueAccessToken: day,
  /** Nobody can take one back from a service that does not ask. */
  jwt: 3_600,
  refresh: 90 * day,
} as const;
/** Operators reach every organization: whatever they allow others, their own sessions end within a day. */
const longestOperatorSessionSeconds = day;

/** Says "nobody" where null gives the key back. */
export const noRole = 'none';
const ownerRole = 'owner';
/** The system roles that may be a default: every organization has them. */
const platformDefaultRoles = ['member', 'admin'];

const recentAuthenticationSeconds = 600;

/** What holds where nobody has set anything. */
export function defaultPolicy<Kind extends PolicyKind>(kind: Kind, isPlatform: boolean): PolicyValues[Kind] {
  const defaults: PolicyValues = {
    registration: {
      mode: 'closed',
      domains: [],
      emailVerification: 'optional',
      firstUserRole: null,
      defaultRole: 'member',
    },
    password: { minLength: 15, blockedWords: [], reset: 'self-service' },
    session: isPlatform
      ? { idleSeconds: 1_800, absoluteSeconds: day / 2, recentAuthenticationSeconds }
      : { idleSeconds: 7 * day, absoluteSeconds: 30 * day, recentAuthenticationSeconds },
    // A link makes the mailbox the only factor, so somebody has to want it.
    'sign-in': { magicLink: false, identifierFirst: false },
    tokens: {
      opaqueAccessTokenSeconds: 3_600,
      jwtAccessTokenSeconds: 300,
      idTokenSeconds: 300,
      refreshIdleSeconds: 14 * day,
      refreshAbsoluteSeconds: 30 * day,
    },
    'signing-keys': { rotationDays: 90 },
  };
  return defaults[kind];
}

/** Key by key: the organization's own value, else the platform's, else the default. */
export function mergePolicy<Kind extends PolicyKind>(
  kind: Kind,
  { own, platform, isPlatform }: PolicyDocuments<Kind>,
): SourcedPolicy<PolicyValues[Kind]> {
  const defaults = defaultPolicy(kind, isPlatform);
  const entries = (Object.keys(defaults) as (keyof PolicyValues[Kind])[]).map((key) => {
    if (own[key] !== undefined)
      return [key, { value: own[key], source: isPlatform ? 'platform' : 'organization' }];
    if (platform[key] !== undefined) return [key, { value: platform[key], source: 'platform' }];
    return [key, { value: defaults[key], source: 'default' }];
  });
  return Object.fromEntries(entries) as SourcedPolicy<PolicyValues[Kind]>;
}

/** The policy that holds: merged, and within what no setting can exceed. */
export function settlePolicy<Kind extends PolicyKind>(
  kind: Kind,
  documents: PolicyDocuments<Kind>,
): SourcedPolicy<PolicyValues[Kind]> {
  const merged = mergePolicy(kind, documents);
  if ('idleSeconds' in merged) {
    const settled = settleSession(merged as SourcedPolicy<SessionPolicy>, documents.isPlatform);
    return settled as unknown as SourcedPolicy<PolicyValues[Kind]>;
  }
  if ('refreshIdleSeconds' in merged) {
    const settled = settleTokens(merged as unknown as SourcedPolicy<TokensPolicy>);
    return settled as unknown as SourcedPolicy<PolicyValues[Kind]>;
  }
  return merged;
}

/** The platform may come to end sessions sooner than an organization's own idle time, which is cut then. */
function settleSession(
  { idleSeconds, absoluteSeconds, ...others }: SourcedPolicy<SessionPolicy>,
  isPlatform: boolean,
): SourcedPolicy<SessionPolicy> {
  const longest = isPlatform ? longestOperatorSessionSeconds : longestSessionSeconds;
  const absolute = { ...absoluteSeconds, value: Math.min(absoluteSeconds.value, longest) };
  return {
    idleSeconds: idleSeconds.value > absolute.value ? absolute : idleSeconds,
    absoluteSeconds: absolute,
    ...others,
  };
}

/** The same for refresh tokens. */
function settleTokens(merged: SourcedPolicy<TokensPolicy>): SourcedPolicy<TokensPolicy> {
  const { refreshIdleSeconds, refreshAbsoluteSeconds } = merged;
  if (refreshIdleSeconds.value <= refreshAbsoluteSeconds.value) return merged;
  return { ...merged, refreshIdleSeconds: refreshAbsoluteSeconds };
}

/** A policy without its sources. */
export function valuesOf<Values extends object>(policy: SourcedPolicy<Values>): Values {
  const sourced = Object.entries(policy) as [string, { value: unknown }][];
  return Object.fromEntries(sourced.map(([key, { value }]) => [key, value])) as Values;
}

const canonicalForms: Record<string, (value: never) => unknown> = {
  domains: canonicalDomains,
  blockedWords: (words: string[]) => [...new Set(words.map((word) => word.normalize('NFC').toLowerCase()))],
  firstUserRole: (role: string) => (role === noRole ? null : role),
};

/** Reads the body of a request: a value sets its key, null gives it back. @throws Problem `invalid_request` */
export function readChange<Kind extends PolicyKind>(body: object): PolicyChange<Kind> {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  const set = entries
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, key in canonicalForms ? canonicalForms[key]!(value as never) : value]);
  return {
    set: Object.fromEntries(set) as PolicyChange<Kind>['set'],
    givenBack: entries.filter(([, value]) => value === null).map(([key]) => key) as never,
  };
}

export function applyChange<Kind extends PolicyKind>(
  own: PolicyDocuments<Kind>['own'],
  { set, givenBack }: PolicyChange<Kind>,
): PolicyDocuments<Kind>['own'] {
  const document = { ...own, ...set };
  for (const key of givenBack) delete document[key];
  return document;
}

/** What a document says before and after a change, of the keys that differ; null when none does. */
export function differenceOf<Document extends object>(
  before: Document,
  after: Document,
): { before: Partial<Document>; after: Partial<Document> } | null {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Document)[];
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (changed.length === 0) return null;
  const pick = (document: Document) =>
    Object.fromEntries(changed.filter((key) => key in document).map((key) => [key, document[key]]));
  return { before: pick(before) as Partial<Document>, after: pick(after) as Partial<Document> };
}

/** Whether what an organization says fits to what it leaves open. @throws Problem `policy_contradiction` */
export function requireConsistentSession(documents: PolicyDocuments<'session'>): void {
  const { idleSeconds, absoluteSeconds } = valuesOf(mergePolicy('session', documents));
  // What contradicts itself in what the organization inherits is not its mistake.
  if (idleSeconds <= absoluteSeconds || Object.keys(documents.own).length === 0) return;
  throw policyContradictionProblem({
    pointer: '/idleSeconds',
    detail: `is ${idleSeconds} then, which is more than absoluteSeconds with ${absoluteSeconds}`,
  });
}

/** The same for refresh tokens. @throws Problem `policy_contradiction` */
export function requireConsistentTokens(documents: PolicyDocuments<'tokens'>): void {
  const { refreshIdleSeconds, refreshAbsoluteSeconds } = valuesOf(mergePolicy('tokens', documents));
  const { own } = documents;
  if (refreshIdleSeconds <= refreshAbsoluteSeconds) return;
  if (own.refreshIdleSeconds === undefined && own.refreshAbsoluteSeconds === undefined) return;
  throw policyContradictionProblem({
    pointer: '/refreshIdleSeconds',
    detail: `is ${refreshIdleSeconds} then, which is more than refreshAbsoluteSeconds with ${refreshAbsoluteSeconds}`,
  });
}

/** @throws Problem `default_role_owner`, `policy_contradiction` */
export function requireSensibleDefaultRole({ own, isPlatform }: PolicyDocuments<'registration'>): void {
  const { defaultRole } = own;
  if (defaultRole === undefined) return;
  if (defaultRole === ownerRole) throw new Problem(defaultRoleOwner);
  if (isPlatform && !platformDefaultRoles.includes(defaultRole)) {
    throw policyContradictionProblem({
      pointer: '/defaultRole',
      detail: `must be a role that every organization has: ${platformDefaultRoles.join(', ')}`,
    });
  }
}

/**
 * The default role that somebody hands out by a change: whoever sets it, and whoever opens the door to strangers who get
 * it. Null when the change does neither.
 */
export function roleHandedOut(before: RegistrationPolicy, after: RegistrationPolicy): string | null {
  const opens = after.mode === 'open' && differenceOf(before, after) !== null;
  return opens || after.defaultRole !== before.defaultRole ? after.defaultRole : null;
}

function canonicalDomains(domains: string[]): string[] {
  const canonical = domains.map((domain) => canonicalDomain(domain));
  const errors = canonical.flatMap((domain, index) =>
    domain === null
      ? [{ pointer: `/domains/${index}`, detail: 'must be a domain, such as acme.example' }]
      : [],
  );
  if (errors.length > 0) raiseInvalid(errors);
  return [...new Set(canonical as string[])];
}
