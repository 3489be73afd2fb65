import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { Audit, type AuditActor } from '../audit/audit.service.js';
import type { Actor, ActorOrganization, Anonymous } from '../platform/access/actor.js';
import { PermissionSet } from '../platform/access/permission-set.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { Policies } from '../policies/policies.service.js';
import type { UpstreamIdentity } from '../providers/provider.types.js';
import { Sessions } from '../sessions/sessions.service.js';
import { emailDomainNotAllowed, registrationClosed } from '../sign-up/sign-up.problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { emailTaken } from '../users/users.problems.js';
import { AccountTokens } from './account-tokens.service.js';
import {
  type ArrivalProvider,
  activateUser,
  findAccount,
  holdOrganization,
  holdProvider,
  insertAccount,
  insertSessionAccount,
  type LinkedThrough,
  lockIdentity,
  lockUser,
  lockUserOfAddress,
  markEmailVerified,
  noteArrival,
  reclaimUser,
} from './accounts.queries.js';
import {
  decideArrival,
  isAllowed,
  isTrustedFor,
  type Link,
  localUserOf,
  methodsOf,
  type Outcome,
  owesMail,
  type Standing,
} from './accounts.rules.js';
import type {
  Arrival,
  ArrivalIntent,
  ForeseenArrival,
  LinkArrival,
  Person,
  SignInArrival,
} from './accounts.types.js';
import { type ArrivalRefusal, arrivalRefusals, ArrivalRefused } from './arrival-refusals.types.js';
import { MappedRoles } from './mapped-roles.service.js';
import { type Newcomer, Newcomers } from './newcomers.service.js';

/** An arrival while it is judged. */
interface Visit {
  readonly visitor: Anonymous;
  readonly organization: ActorOrganization;
  readonly identity: UpstreamIdentity;
  readonly provider: ArrivalProvider;
  readonly isTrusted: boolean;
}

/** Between finding an account and locking its user somebody unlinked it. Takes the transaction with it: locks have an order. */
class MovedMeanwhile extends Error {}

const mostTries = 3;

/** What the table says, and about whom. */
interface Verdict {
  readonly outcome: Outcome;
  readonly accountId: string | null;
  readonly person: Person | null;
}

/**
 * Who somebody is here that comes by a provider. The table of docs/linking.md decides; whatever it decides is one
 * transaction, and a refusal writes nothing but its audit event.
 */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly sessions: Sessions,
    private readonly policies: Policies,
    private readonly accessControl: AccessControl,
    private readonly newcomers: Newcomers,
    private readonly mappedRoles: MappedRoles,
    private readonly tokens: AccountTokens,
    private readonly audit: Audit,
  ) {}

  /**
   * @param identity whose word was checked
   * @throws ArrivalRefused
   */
  async arrive(
    visitor: Anonymous,
    organizationId: string,
    identity: UpstreamIdentity,
    intent: ArrivalIntent,
  ): Promise<Arrival> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.database.forOrganization(organizationId, (tx) =>
          this.settle(tx, visitor, identity, intent),
        );
      } catch (error) {
        if (error instanceof MovedMeanwhile && tries < mostTries) continue;
        const refused = refusalOf(error);
        if (refused === null) throw error;
        if (refused.reason !== 'organization_unavailable')
          await this.recordRefusal(organizationId, visitor, identity, intent, refused);
        throw refused;
      }
    }
  }

  /** What `arrive` would do with somebody who is not signed in; it writes nothing. */
  foresee(organizationId: string, identity: UpstreamIdentity): Promise<ForeseenArrival> {
    return this.database.forOrganization(organizationId, async (tx) => {
      const provider = (await holdProvider(tx, identity.providerId)) ?? raise(notFoundProblem());
      const roles = await this.mappedRoles.foresee(tx, {
        providerId: provider.id,
        claims: identity.claims.raw,
      });
      const isTrusted = isTrustedFor(provider.trustedDomains, identity.claims.email);
      if (!isAllowed(provider.allowedDomains, identity.claims))
        return { outcome: 'address_not_admitted', userId: null, roles };
      const account = await findAccount(tx, keyOf(identity));
      const { email, emailVerified } = identity.claims;
      const reference = account?.userId ?? (emailVerified ? email : null);
      const person = reference === null ? null : await this.users.findByReference(tx, reference);
      const link = account === null ? 'nobody' : 'them';
      const outcome = this.decide('not-signed-in', link, person, identity, isTrusted);
      const isNewcomer = outcome === 'create' || outcome === 'create-without-address';
      if (!isNewcomer) return { outcome, userId: person?.id ?? null, roles };
      const admission = await this.newcomers.judge(tx, newcomerOf(identity, provider, outcome, isTrusted));
      const refusals = { closed: registrationClosed.code, 'domain-not-allowed': emailDomainNotAllowed.code };
      return { outcome: admission === 'admit' ? outcome : refusals[admission], userId: null, roles };
    });
  }

  /** For the transaction that starts a session with an account, or proves one anew. */
  async noteSession(
    tx: Transaction,
    sessionId: string,
    accountId: string,
    { acr, amr }: Pick<UpstreamIdentity, 'acr' | 'amr'>,
  ): Promise<void> {
    await insertSessionAccount(tx, sessionId, accountId, bounded({ acr, amr }));
  }

  private async settle(
    tx: Transaction,
    visitor: Anonymous,
    identity: UpstreamIdentity,
    intent: ArrivalIntent,
  ): Promise<Arrival> {
    await lockIdentity(tx, keyOf(identity));
    const organization = await holdOrganization(tx);
    if (organization === null) throw new ArrivalRefused('organization_unavailable');
    const provider = await holdProvider(tx, identity.providerId);
    if (provider === null || !provider.isEnabled) throw new ArrivalRefused('provider_disabled');
    if (!isAllowed(provider.allowedDomains, identity.claims))
      throw new ArrivalRefused('address_not_admitted');
    const isTrusted = isTrustedFor(provider.trustedDomains, identity.claims.email);
    const visit: Visit = { visitor, organization, identity, provider, isTrusted };
    return intent.kind === 'link' ? this.link(tx, visit, intent) : this.signIn(tx, visit);
  }

  private async signIn(tx: Transaction, visit: Visit): Promise<SignInArrival> {
    const verdict = await this.judge(tx, visit);
    const { outcome, person } = verdict;
    requireNotRefused(outcome);
    if (outcome === 'create' || outcome === 'create-without-address') return this.create(tx, visit, outcome);
    if (outcome === 'sign-in') return this.arrived(tx, visit, person!, verdict.accountId!, false);
    if (outcome === 'reclaim') await this.reclaim(tx, visit, person!);
    const accountId = await this.insert(tx, visit, person!.id, outcome === 'reclaim' ? 'reclaim' : 'address');
    const { visitor, organization } = visit;
    await this.newcomers.welcome(tx, visitor, organization, person!);
    return this.arrived(tx, visit, person!, accountId, false);
  }

  /** Locks, in the order of everybody: the organization where roles may change, then the user. */
  private async judge(tx: Transaction, { identity, provider, isTrusted }: Visit): Promise<Verdict> {
    const account = await findAccount(tx, keyOf(identity));
    if (account !== null) {
      const holder = this.holderOf(identity, provider, account.id, account.userId);
      if (await this.mappedRoles.wouldChange(tx, holder)) await this.accessControl.lockOwnership(tx);
      await lockUser(tx, account.userId);
      if ((await findAccount(tx, keyOf(identity)))?.id !== account.id) throw new MovedMeanwhile();
      const person = await this.users.findByReference(tx, account.userId);
      const outcome = this.decide('not-signed-in', 'them', person, identity, isTrusted);
      return { outcome, accountId: account.id, person };
    }
    await this.accessControl.lockOwnership(tx);
    const { email, emailVerified } = identity.claims;
    const userId = email !== null && emailVerified ? await lockUserOfAddress(tx, email) : null;
    const person = userId === null ? null : await this.users.findByReference(tx, userId);
    return {
      outcome: this.decide('not-signed-in', 'nobody', person, identity, isTrusted),
      accountId: null,
      person,
    };
  }

  private async create(tx: Transaction, visit: Visit, outcome: Outcome): Promise<SignInArrival> {
    const { visitor, organization, identity, provider, isTrusted } = visit;
    const newcomer = newcomerOf(identity, provider, outcome, isTrusted);
    const { person, roles } = await this.newcomers
      .create(tx, visitor, organization, newcomer)
      .catch((error: unknown) => {
        // Somebody became a user of that address since it was looked for.
        throw error instanceof Problem && error.kind === emailTaken
          ? new ArrivalRefused('account_not_linked')
          : error;
      });
    const change = { provider: provider.name, roles };
    await this.audit.record(tx, visitor, 'user.signed_up', { type: 'user', id: person.id }, change);
    const accountId = await this.insert(tx, visit, person.id, 'new-user');
    return this.arrived(tx, visit, person, accountId, true);
  }

  /** The account is linked: what is left is the same for everybody. */
  private async arrived(
    tx: Transaction,
    visit: Visit,
    person: Person,
    accountId: string,
    isNew: boolean,
  ): Promise<SignInArrival> {
    const { visitor, identity, provider } = visit;
    await this.note(tx, identity, accountId);
    await activateUser(tx, person.id);
    await this.mappedRoles.apply(tx, visitor, this.holderOf(identity, provider, accountId, person.id));
    const account = (await this.users.findByReference(tx, person.id)) ?? raise(notFoundProblem());
    const { emailVerification } = await this.policies.read(tx, 'registration');
    return {
      kind: 'sign-in',
      account,
      accountId,
      methods: methodsOf(identity.hasSecondFactor),
      isNew,
      owesVerification: owesMail(account, emailVerification),
    };
  }

  private async reclaim(
    tx: Transaction,
    { visitor, identity, provider }: Visit,
    person: Person,
  ): Promise<void> {
    const reclaimed = await reclaimUser(tx, person.id);
    await this.newcomers.describeAnew(tx, person, identity.claims);
    await markEmailVerified(tx, person.id);
    const target = { type: 'user', id: person.id };
    await this.audit.record(tx, visitor, 'user.reclaimed', target, { provider: provider.name, ...reclaimed });
  }

  private async link(
    tx: Transaction,
    visit: Visit,
    intent: Extract<ArrivalIntent, { kind: 'link' }>,
  ): Promise<LinkArrival> {
    const { identity, organization, visitor, provider, isTrusted } = visit;
    const account = await findAccount(tx, keyOf(identity));
    const holder = this.holderOf(identity, provider, account?.id ?? newId(), intent.userId);
    if (await this.mappedRoles.wouldChange(tx, holder)) await this.accessControl.lockOwnership(tx);
    await lockUser(tx, intent.userId);
    const session = await this.sessions.find(tx, intent.sessionId, intent.userId);
    if (session === null) throw new ArrivalRefused('session_ended');
    const { recentAuthenticationSeconds } = await this.policies.read(tx, 'session');
    const proofAge = (intent.beganAt ?? new Date()).getTime() - Date.parse(session.authenticatedAt);
    const isRecent = proofAge <= recentAuthenticationSeconds * 1_000;
    const standing = isRecent ? 'recently-proven' : 'not-recently-proven';
    const person = await this.users.findByReference(tx, intent.userId);
    const outcome = this.decide(standing, linkOf(account, intent.userId), person, identity, isTrusted);
    requireNotRefused(outcome);
    const actor = linker(organization, intent, visitor);
    const accountId = account?.id ?? (await this.insert(tx, visit, intent.userId, 'session', actor));
    await this.note(tx, identity, accountId);
    await this.mappedRoles.apply(tx, actor, { ...holder, accountId });
    return { kind: 'link', userId: intent.userId, accountId, wasLinked: account !== null };
  }

  private async insert(
    tx: Transaction,
    { visitor, identity, provider }: Visit,
    userId: string,
    linkedThrough: LinkedThrough,
    by: AuditActor = visitor,
  ): Promise<string> {
    const id = newId();
    await insertAccount(tx, { ...keyOf(identity), id, userId, linkedThrough });
    const change = { user: userId, provider: provider.name, through: linkedThrough };
    await this.audit.record(tx, by, 'account.linked', { type: 'account', id }, change);
    return id;
  }

  private async note(tx: Transaction, identity: UpstreamIdentity, accountId: string): Promise<void> {
    const { email, emailVerified, username, name, picture } = identity.claims;
    const profile = { email, emailVerified, username, name, picture };
    await noteArrival(tx, accountId, { profile, ...bounded(identity) });
    await this.tokens.keep(tx, accountId, identity.tokens);
  }

  private decide(
    standing: Standing,
    link: Link,
    person: Person | null,
    { claims }: UpstreamIdentity,
    isTrusted: boolean,
  ): Outcome {
    const isVerifiedUpstream = claims.email !== null && claims.emailVerified;
    return decideArrival({ standing, link, local: localUserOf(person), isVerifiedUpstream, isTrusted });
  }

  private holderOf(identity: UpstreamIdentity, provider: ArrivalProvider, accountId: string, userId: string) {
    return { accountId, userId, providerId: provider.id, claims: identity.claims.raw };
  }

  private async recordRefusal(
    organizationId: string,
    visitor: Anonymous,
    { providerId, issuer, subject }: UpstreamIdentity,
    intent: ArrivalIntent,
    { reason }: ArrivalRefused,
  ): Promise<void> {
    const action = intent.kind === 'link' ? 'account.linked' : 'session.refused';
    const target = intent.kind === 'link' ? { type: 'user', id: intent.userId } : null;
    await this.database.forOrganization(organizationId, (tx) =>
      this.audit.recordRefusal(tx, visitor, action, target, {
        reason,
        provider: providerId,
        issuer,
        subject,
      }),
    );
  }
}

/** Whoever has asked in a living session, for the audit log. */
function linker(
  organization: ActorOrganization,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  { origin }: Anonymous,
): Actor {
  return {
    kind: 'session',
    organization,
    userId,
    credentialId: sessionId,
    applicationId: null,
    permissions: new PermissionSet([[]], organization.isPlatform),
    roleNames: [],
    authenticatedAt: null,
    origin,
  };
}

const keyOf = ({ providerId, issuer, subject }: UpstreamIdentity) => ({ providerId, issuer, subject });

function linkOf(account: { readonly userId: string } | null, userId: string): Link {
  if (account === null) return 'nobody';
  return account.userId === userId ? 'them' : 'somebody-else';
}

function newcomerOf(
  { claims }: UpstreamIdentity,
  provider: ArrivalProvider,
  outcome: Outcome,
  isTrusted: boolean,
): Newcomer {
  return { provider, claims, email: outcome === 'create' ? claims.email : null, isTrusted };
}

/** What a provider says of its own ways is kept, within bounds. */
function bounded({ acr, amr }: Pick<UpstreamIdentity, 'acr' | 'amr'>) {
  return { acr: acr?.slice(0, 500) ?? null, amr: amr.slice(0, 50).map((method) => method.slice(0, 100)) };
}

/** @throws ArrivalRefused */
function requireNotRefused(outcome: Outcome): void {
  const reason = refusalsOfTable[outcome];
  if (reason !== undefined) throw new ArrivalRefused(reason);
}

const refusalsOfTable: Readonly<Partial<Record<Outcome, ArrivalRefusal>>> = {
  'refuse-account-exists': 'account_not_linked',
  'refuse-unavailable': 'account_unavailable',
  'refuse-reauthentication': 'reauthentication_required',
  'refuse-linked-elsewhere': 'account_linked_elsewhere',
};

/** Rules of other features refuse, too. */
function refusalOf(error: unknown): ArrivalRefused | null {
  if (error instanceof ArrivalRefused) return error;
  if (!(error instanceof Problem)) return null;
  const { code } = error.kind;
  return code in arrivalRefusals ? new ArrivalRefused(code as ArrivalRefusal, error) : null;
}
