import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EmailDomains } from '../email-domains/email-domains.service.js';
import { invitationOutdated } from '../invitations/invitations.problems.js';
import { InvitationAcceptance } from '../invitations/invitation-acceptance.service.js';
import type { ActorOrganization, Anonymous } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { Policies } from '../policies/policies.service.js';
import { Profiles } from '../profiles/profiles.service.js';
import type { UpstreamClaims } from '../providers/provider.types.js';
import { NewcomerRoles } from '../sign-up/newcomer-roles.service.js';
import { emailDomainNotAllowed, registrationClosed } from '../sign-up/sign-up.problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { usernameTaken } from '../users/users.problems.js';
import { type ArrivalProvider, fetchPictureLater, nameUser } from './accounts.queries.js';
import { type Admission, type AdmissionOutcome, decideAdmission, usernamesFor } from './accounts.rules.js';
import type { Person } from './accounts.types.js';

export interface Newcomer {
  readonly provider: ArrivalProvider;
  readonly claims: UpstreamClaims;
  /** The address that the new user gets; null where nobody vouches for one. */
  readonly email: string | null;
  /** Whether the provider is trusted for that address. */
  readonly isTrusted: boolean;
}

/** A name that everybody of an organization has already is made unlike them by digits. */
const suffixDigits = [3, 6, 9, 12];

/** Users that come into being because somebody came by a provider. The caller holds the lock of the ownership. */
@Injectable()
export class Newcomers {
  constructor(
    private readonly policies: Policies,
    private readonly users: UserAccounts,
    private readonly profiles: Profiles,
    private readonly roles: NewcomerRoles,
    private readonly invitations: InvitationAcceptance,
    private readonly domains: EmailDomains,
  ) {}

  /** Whether somebody new would become a user. */
  async judge(tx: Transaction, newcomer: Newcomer): Promise<AdmissionOutcome> {
    return decideAdmission(await this.admissionOf(tx, newcomer));
  }

  /** @throws Problem `registration_closed`, `email_domain_not_allowed`, `invitation_outdated`, `email_taken` */
  async create(
    tx: Transaction,
    visitor: Anonymous,
    organization: ActorOrganization,
    newcomer: Newcomer,
  ): Promise<{ person: Person; roles: readonly string[] }> {
    const admission = await this.admissionOf(tx, newcomer);
    requireAdmitted(decideAdmission(admission));
    const role = await this.roles.choose(tx);
    const person = await this.insert(tx, newcomer);
    await this.describe(tx, person, newcomer.claims);
    const invited = await this.acceptInvitation(tx, visitor, organization, person, admission);
    return { person, roles: invited ?? (await this.roles.grant(tx, person.id, role)) };
  }

  /** For a user who was there, and whose address both sides vouch for by now. An outdated invitation keeps nobody out. */
  async welcome(
    tx: Transaction,
    visitor: Anonymous,
    organization: ActorOrganization,
    person: Person,
  ): Promise<void> {
    if (!isWithAddress(person)) return;
    try {
      await this.invitations.acceptFor(tx, visitor, organization, person, false);
    } catch (error) {
      if (!isOutdated(error)) throw error;
    }
  }

  /** What the provider says of somebody of whom nothing is known. */
  async describe(tx: Transaction, person: Person, claims: UpstreamClaims): Promise<void> {
    await this.profiles.fillIn(tx, person.id, claims);
    if (claims.picture !== null) await fetchPictureLater(tx, person.id, claims.picture);
  }

  /** The same for a user who was taken over, whose name may have been kept. */
  async describeAnew(tx: Transaction, person: Person, claims: UpstreamClaims): Promise<void> {
    const name = this.nameOf(claims);
    if (name !== null) await nameUser(tx, person.id, name);
    if (person.createdBy === null) await this.describe(tx, person, claims);
  }

  private async admissionOf(tx: Transaction, { provider, email, isTrusted }: Newcomer): Promise<Admission> {
    const { mode, domains } = await this.policies.read(tx, 'registration');
    const isVouchedFor = email !== null && isTrusted;
    return {
      mode,
      domains,
      justInTime: provider.justInTime,
      email,
      isInvited: isVouchedFor && (await this.invitations.isInvited(tx, email)),
      isOwnDomain: email !== null && (await this.domains.providerFor(tx, email)) === provider.id,
    };
  }

  private async acceptInvitation(
    tx: Transaction,
    visitor: Anonymous,
    organization: ActorOrganization,
    person: Person,
    admission: Admission,
  ): Promise<string[] | null> {
    if (!admission.isInvited || !isWithAddress(person)) return null;
    try {
      return await this.invitations.acceptFor(tx, visitor, organization, person, true);
    } catch (error) {
      // Whoever would have come in without it does so.
      if (isOutdated(error) && decideAdmission({ ...admission, isInvited: false }) === 'admit') return null;
      throw error;
    }
  }

  /** @throws Problem `email_taken` for somebody who came at the same time by another way */
  private async insert(tx: Transaction, { claims, email, isTrusted }: Newcomer): Promise<Person> {
    const common = {
      fullName: this.nameOf(claims),
      hasOtherWayIn: true,
      emailVerifiedAt: email !== null && isTrusted ? new Date() : null,
    };
    if (email !== null) return this.users.create(tx, { ...common, email });
    const suffixes = suffixDigits.map((digits) => String(randomInt(10 ** (digits - 1), 10 ** digits)));
    const names = usernamesFor(claims, suffixes);
    for (const [index, username] of names.entries()) {
      try {
        return await this.users.create(tx, { ...common, username });
      } catch (error) {
        const isTaken = error instanceof Problem && error.kind === usernameTaken;
        if (!isTaken || index === names.length - 1) throw error;
      }
    }
    throw new Error('nobody can be given a name');
  }

  private nameOf({ name, givenName, familyName }: UpstreamClaims): string | null {
    const parts = [givenName, familyName].filter((part) => part !== null).join(' ');
    const fullName = name ?? (parts === '' ? null : parts);
    try {
      return fullName === null ? null : this.users.readProfile({ username: 'anybody', fullName }).fullName;
    } catch (error) {
      // One that cannot be written keeps nobody out.
      if (error instanceof Problem) return null;
      throw error;
    }
  }
}

function requireAdmitted(outcome: AdmissionOutcome): void {
  if (outcome === 'closed') throw new Problem(registrationClosed);
  if (outcome === 'domain-not-allowed') throw new Problem(emailDomainNotAllowed);
}

const isOutdated = (error: unknown): boolean => error instanceof Problem && error.kind === invitationOutdated;

function isWithAddress(person: Person): person is Person & { readonly email: string } {
  return person.email !== null;
}
