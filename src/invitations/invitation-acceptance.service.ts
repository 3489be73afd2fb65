import { Injectable } from '@nestjs/common';
import { AccessControl, type Giver, type Grant } from '../access-control/access-control.service.js';
import { unknownRole } from '../access-control/access-control.problems.js';
import { type NamedTeam, TeamMemberships } from '../access-control/team-memberships.service.js';
import { Audit } from '../audit/audit.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Actor, ActorOrganization, Anonymous } from '../platform/access/actor.js';
import { parseToken } from '../platform/crypto/secret-token.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem, permissionDenied, raiseInvalid } from '../platform/problems/problems.js';
import { Policies } from '../policies/policies.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { emailTaken } from '../users/users.problems.js';
import { invalidTokenProblem } from '../verification/verification.problems.js';
import { VerificationTokens } from '../verification/verification-tokens.service.js';
import type { AcceptedInvitationView, AcceptInvitation, OpenedInvitationView } from './invitations.dto.js';
import {
  accountExistsProblem,
  invitationOutdated,
  invitationOutdatedProblem,
} from './invitations.problems.js';
import {
  findInvitationByToken,
  type InvitationRow,
  lockInvitationByToken,
  lockInvitationOf,
  markAccepted,
  markEmailVerified,
  markOpened,
  nameOfUser,
  permissionsOfKey,
} from './invitations.queries.js';
import { livingGrants } from './invitations.rules.js';

type Person = NonNullable<Awaited<ReturnType<UserAccounts['findByIdentifier']>>>;
type Newcomer = Pick<AcceptInvitation, 'fullName' | 'username' | 'password'>;

interface Inviting extends ActorOrganization {
  readonly name: string;
}

const invitePermission = 'invitations:write';

/**
 * What happens behind the link of an invitation. Whoever has the link has the mailbox: that is enough to become a user of
 * that address, and not enough to be one who is there already, who must sign in.
 */
@Injectable()
export class InvitationAcceptance {
  constructor(
    private readonly organizations: Organizations,
    private readonly database: Database,
    private readonly tokens: VerificationTokens,
    private readonly accessControl: AccessControl,
    private readonly teams: TeamMemberships,
    private readonly users: UserAccounts,
    private readonly passwords: Passwords,
    private readonly policies: Policies,
    private readonly audit: Audit,
  ) {}

  /** Shows what the invitation says, and notes that a person has seen it. @throws Problem `not_found`, `invalid_token` */
  async open(
    visitor: Anonymous,
    acceptor: Actor | null,
    slugOrId: string,
    token: string,
  ): Promise<OpenedInvitationView> {
    const organization = await this.organization(slugOrId);
    return this.database.forOrganization(organization.id, async (tx) => {
      const invitation = (await lockInvitationByToken(tx, hashOf(tx, token))) ?? raise(invalidTokenProblem());
      if (await markOpened(tx, invitation.id)) {
        const target = { type: 'invitation', id: invitation.id };
        await this.audit.record(tx, visitor, 'invitation.opened', target, { email: invitation.email });
      }
      const user = await this.users.findByIdentifier(tx, invitation.email);
      return {
        organization: { name: organization.name, slug: organization.slug },
        email: invitation.email,
        invitedBy: await nameOfUser(tx, invitation.invited_by),
        message: invitation.message,
        expiresAt: invitation.expires_at.toISOString(),
        // Whether there is such a user is told to that user only.
        isSignedIn: user !== null && isSameUser(user, acceptor),
      };
    });
  }

  /**
   * @param acceptor whoever is signed in, in whatever organization
   * @throws Problem `not_found`, `invalid_token`, `account_exists`, `invitation_outdated`, `invalid_request`,
   *   `weak_password`, `username_taken`, `limit_reached`, `unavailable`
   */
  async accept(
    visitor: Anonymous,
    acceptor: Actor | null,
    slugOrId: string,
    { token, ...newcomer }: AcceptInvitation,
  ): Promise<AcceptedInvitationView> {
    const organization = await this.organization(slugOrId);
    const isNew = await this.database.forOrganization(organization.id, (tx) =>
      this.examine(tx, token, acceptor, newcomer),
    );
    // Outside any transaction, and only for somebody with a living token.
    const passwordHash = isNew ? await this.passwords.hash(newcomer.password!) : null;
    let invitationId: string | null = null;
    try {
      return await this.database.forOrganization(organization.id, async (tx) => {
        // Before the invitation, its token and any user, as everybody who changes roles does.
        await this.accessControl.lockOwnership(tx);
        const invitation =
          (await lockInvitationByToken(tx, hashOf(tx, token))) ?? raise(invalidTokenProblem());
        invitationId = invitation.id;
        await this.tokens.consume(tx, 'invitation', token);
        return this.settle(tx, { visitor, acceptor, organization, invitation, newcomer, passwordHash });
      });
    } catch (error) {
      if (error instanceof Problem && error.kind === invitationOutdated && invitationId !== null)
        await this.recordRefusal(organization.id, visitor, invitationId, error);
      throw error;
    }
  }

  /** Whether somebody has invited that address; then it cannot be revoked before the transaction ends. */
  async isInvited(tx: Transaction, email: string): Promise<boolean> {
    return (await lockInvitationOf(tx, email)) !== null;
  }

  /**
   * For whoever has shown in another way than by its link that the address is theirs, and is a user by now. The caller has
   * locked the ownership.
   *
   * @param isNew whether they have become one in this transaction
   * @returns the roles given; null where there is no open invitation
   * @throws Problem `invitation_outdated`, before anything is written
   */
  async acceptFor(
    tx: Transaction,
    visitor: Anonymous,
    organization: ActorOrganization,
    user: Person & { readonly email: string },
    isNew: boolean,
  ): Promise<string[] | null> {
    const invitation = await lockInvitationOf(tx, user.email);
    if (invitation === null) return null;
    const inviter = await this.inviterOf(tx, organization, invitation);
    const teams = await this.teamsOf(tx, inviter, invitation);
    const given = await this.give(tx, inviter, user, invitation, teams, isNew);
    await this.recordAcceptance(tx, visitor, invitation, inviter, user.id, isNew, given, teams);
    return given.map(({ role }) => role);
  }

  private async organization(slugOrId: string): Promise<Inviting> {
    const organization = await this.organizations.find(slugOrId);
    if (organization === null || organization.status !== 'active') throw notFoundProblem();
    return organization;
  }

  /** Whatever can be refused before there is a hash. @returns whether a new user is to be made */
  private async examine(
    tx: Transaction,
    token: string,
    acceptor: Actor | null,
    newcomer: Newcomer,
  ): Promise<boolean> {
    const invitation = (await findInvitationByToken(tx, hashOf(tx, token))) ?? raise(invalidTokenProblem());
    const user = await this.users.findByIdentifier(tx, invitation.email);
    if (user !== null) {
      requireSameUser(user, acceptor);
      return false;
    }
    const { password } = newcomer;
    if (password === undefined)
      return raiseInvalid([{ pointer: '/password', detail: 'must be there for a new user' }]);
    const profile = this.users.readProfile(profileOf(invitation, newcomer));
    await this.passwords.requireAcceptable(tx, password, profile);
    return true;
  }

  private async settle(tx: Transaction, acceptance: Acceptance): Promise<AcceptedInvitationView> {
    const { visitor, acceptor, organization, invitation } = acceptance;
    const inviter = await this.inviterOf(tx, organization, invitation);
    const teams = await this.teamsOf(tx, inviter, invitation);
    const { user, isNew } = await this.userOf(tx, inviter, acceptance);
    const roles = await this.give(tx, inviter, user, invitation, teams, isNew);
    const by = isNew ? visitor : acceptor!;
    await this.recordAcceptance(tx, by, invitation, inviter, user.id, isNew, roles, teams);
    return acceptedView(user, roles, teams);
  }

  private teamsOf(tx: Transaction, inviter: Giver, { teams }: InvitationRow): Promise<NamedTeam[]> {
    const ids = teams.map(({ id }) => id);
    return stillGivable(() => this.teams.resolveTeams(tx, inviter, ids));
  }

  private async give(
    tx: Transaction,
    inviter: Giver,
    user: Person,
    invitation: InvitationRow,
    teams: readonly NamedTeam[],
    isNew: boolean,
  ) {
    const roles = await this.giveRoles(tx, inviter, user.id, invitation, isNew);
    await this.teams.join(tx, inviter, user.id, teams);
    await markEmailVerified(tx, user.id, invitation.email);
    if (!(await markAccepted(tx, invitation.id, user.id))) throw invalidTokenProblem();
    return roles;
  }

  private async recordAcceptance(
    tx: Transaction,
    by: Actor | Anonymous,
    { id }: InvitationRow,
    inviter: Giver,
    user: string,
    isNewUser: boolean,
    roles: readonly Grant[],
    teams: readonly NamedTeam[],
  ): Promise<void> {
    await this.audit.record(
      tx,
      by,
      'invitation.accepted',
      { type: 'invitation', id },
      {
        user,
        isNewUser,
        invitedBy: inviter.userId,
        roles,
        teams: teams.map(({ name }) => name),
      },
    );
  }

  /**
   * Whoever invited, with what they hold at this moment: who was locked, deleted or put down since, and a key that was
   * deleted, invites to nothing.
   */
  private async inviterOf(
    tx: Transaction,
    organization: ActorOrganization,
    invitation: InvitationRow,
  ): Promise<Giver> {
    const keyId = invitation.invited_with_key;
    const limitedTo = keyId === null ? null : await permissionsOfKey(tx, keyId);
    if (keyId !== null && limitedTo === null) throw invitationOutdatedProblem();
    const inviter = await this.accessControl.findGiver(tx, organization, invitation.invited_by, limitedTo);
    if (inviter === null || !inviter.permissions.holds(invitePermission)) throw invitationOutdatedProblem();
    return inviter;
  }

  private async userOf(
    tx: Transaction,
    inviter: Giver,
    { acceptor, invitation, newcomer, passwordHash }: Acceptance,
  ): Promise<{ user: Person; isNew: boolean }> {
    const user = await this.users.findByIdentifier(tx, invitation.email);
    if (user !== null) {
      requireSameUser(user, acceptor);
      return { user, isNew: false };
    }
    // There was one a moment ago.
    if (passwordHash === null) throw accountExistsProblem();
    try {
      const created = await this.users.create(tx, {
        ...profileOf(invitation, newcomer),
        passwordHash,
        emailVerifiedAt: new Date(),
        createdBy: inviter.userId,
      });
      return { user: created, isNew: true };
    } catch (error) {
      throw error instanceof Problem && error.kind === emailTaken ? accountExistsProblem() : error;
    }
  }

  private async giveRoles(
    tx: Transaction,
    inviter: Giver,
    userId: string,
    invitation: InvitationRow,
    isNew: boolean,
  ) {
    const grants = invitation.roles.map(({ role, expiresAt }) => ({
      role,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    }));
    if (grants.length === 0) return isNew ? this.giveDefaultRole(tx, userId) : [];
    return stillGivable(() =>
      this.accessControl.addRoles(tx, inviter, userId, livingGrants(grants, new Date())),
    );
  }

  /** What the organization gives to everybody, so that it is not the inviter who gives it. */
  private async giveDefaultRole(tx: Transaction, userId: string) {
    const { defaultRole } = await this.policies.read(tx, 'registration');
    if (defaultRole === null) return [];
    try {
      return await this.accessControl.addRoles(tx, 'system', userId, [
        { role: defaultRole, expiresAt: null },
      ]);
    } catch (error) {
      // One that was deleted must not keep anybody out.
      if (error instanceof Problem && error.kind === unknownRole) return [];
      throw error;
    }
  }

  private recordRefusal(
    organizationId: string,
    visitor: Anonymous,
    invitationId: string,
    { kind, cause }: Problem,
  ): Promise<void> {
    const target = { type: 'invitation', id: invitationId };
    const detail = cause instanceof Problem ? cause.detail : 'whoever invited may not invite any more';
    return this.database.forOrganization(organizationId, (tx) =>
      this.audit.recordRefusal(tx, visitor, 'invitation.accepted', target, { code: kind.code, detail }),
    );
  }
}

interface Acceptance {
  readonly visitor: Anonymous;
  readonly acceptor: Actor | null;
  readonly organization: Inviting;
  readonly invitation: InvitationRow;
  readonly newcomer: Newcomer;
  readonly passwordHash: string | null;
}

/** Without a look-up where it can be none of this organization. @throws Problem `invalid_token` */
function hashOf(tx: Transaction, token: string): Buffer {
  const reference = parseToken('verification', token);
  if (reference?.organizationId !== tx.organizationId) throw invalidTokenProblem();
  return reference.tokenHash;
}

/** A program that acts for somebody is not that person. */
function isSameUser(user: Person, acceptor: Actor | null): boolean {
  return (
    acceptor?.kind === 'session' &&
    acceptor.organization.id === user.orgId &&
    acceptor.userId === user.id &&
    user.status === 'active'
  );
}

/** @throws Problem `account_exists` */
function requireSameUser(user: Person, acceptor: Actor | null): void {
  if (!isSameUser(user, acceptor)) throw accountExistsProblem();
}

/** What the inviter could give then and cannot give now ends the whole acceptance: half of it is not what was meant. */
async function stillGivable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem && error.kind === permissionDenied
      ? invitationOutdatedProblem(error)
      : error;
  }
}

function profileOf({ email }: InvitationRow, { fullName = null, username = null }: Newcomer) {
  return { email, fullName, username };
}

function acceptedView(
  user: Person,
  roles: readonly { role: string; expiresAt: Date | null }[],
  teams: readonly NamedTeam[],
): AcceptedInvitationView {
  return {
    user: { id: user.id, email: user.email, username: user.username, fullName: user.fullName },
    roles: roles.map(({ role, expiresAt }) => ({ role, expiresAt: expiresAt?.toISOString() ?? null })),
    teams: teams.map(({ id, name }) => ({ id, name })),
  };
}
