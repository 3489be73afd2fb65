import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { grantsOf } from '../access-control/role-grants.types.js';
import { TeamMemberships } from '../access-control/team-memberships.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { canonicalEmail } from '../users/identifiers.rules.js';
import { invalidIdentifierProblem } from '../users/users.problems.js';
import { InvitationMails } from './invitation-mails.service.js';
import {
  type CreateInvitation,
  type InvitationPage,
  type InvitationsQuery,
  type InvitationView,
  invitationView,
} from './invitations.dto.js';
import {
  endInvitationOf,
  findInvitation,
  insertInvitation,
  type InvitationRow,
  listInvitations,
  lockAddress,
  lockInvitation,
  markRevoked,
} from './invitations.queries.js';
import { decideEnd, decideRevocation, readMessage, requireLiving } from './invitations.rules.js';

/** Invitations as administrators see and make them. What they give is decided anew when somebody accepts. */
@Injectable()
export class Invitations {
  constructor(
    private readonly database: Database,
    private readonly guarded: GuardedChanges,
    private readonly accessControl: AccessControl,
    private readonly teams: TeamMemberships,
    private readonly mails: InvitationMails,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(
    actor: Actor,
    { limit = defaultPageSize, cursor, state = null as never }: InvitationsQuery,
  ): Promise<InvitationPage> {
    const list = ['invitations', actor.organization.id, state];
    const position = this.cursors.decode(list, cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listInvitations(tx, state, before, limit + 1);
      const page = this.cursors.page(found, limit, list, (row) => [row.position, row.id]);
      return { items: page.rows.map(invitationView), nextCursor: page.nextCursor };
    });
  }

  get(actor: Actor, id: string): Promise<InvitationView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const row = isUuid(id) ? await findInvitation(tx, id) : null;
      return invitationView(row ?? raise(notFoundProblem()));
    });
  }

  /**
   * Invites an address, and ends the invitation that it had.
   *
   * @throws Problem `invalid_request`, `unknown_role`, `unknown_team`, `permission_denied`, `too_many_requests`
   */
  create(actor: Actor, input: CreateInvitation): Promise<InvitationView> {
    return this.guarded.run(actor, 'invitation.created', null, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        const email =
          canonicalEmail(input.email) ??
          raise(invalidIdentifierProblem('/email', 'must be an e-mail address'));
        const expiresAt = decideEnd(input.expiresAt, new Date());
        const teams = await this.teams.resolveTeams(tx, actor, input.teams ?? []);
        const { roles, named } = await this.accessControl.resolveGrants(
          tx,
          actor,
          grantsOf(input.roles ?? []),
        );
        await lockAddress(tx, email);
        await this.mails.requireRoom(tx, email);
        const replaced = await this.replace(tx, actor, email);
        const id = await insertInvitation(tx, {
          email,
          message: readMessage(input.message),
          locale: input.locale ?? null,
          invitedBy: actor.userId,
          invitedWithKey: actor.kind === 'api-key' ? actor.credentialId : null,
          expiresAt,
          roles: roles.map((role, index) => ({ id: role.id, expiresAt: named[index]!.expiresAt })),
          teamIds: teams.map((team) => team.id),
        });
        const invitation = (await findInvitation(tx, id))!;
        await this.mails.queue(tx, invitation);
        await this.audit.record(tx, actor, 'invitation.created', target(id), {
          email,
          roles: named,
          teams: teams.map(({ name }) => name),
          expiresAt: invitation.expires_at,
          ...(replaced.length > 0 && { replaces: replaced[0] }),
        });
        return invitationView(invitation);
      }),
    );
  }

  /** Sends the mail again with a new link; the one before ends. @throws Problem `not_found`, `invitation_closed`, `too_many_requests` */
  sendAgain(actor: Actor, id: string): Promise<InvitationView> {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        const invitation = await this.lock(tx, id);
        requireLiving(invitation.state);
        await this.mails.requireRoom(tx, invitation.email);
        await this.mails.queue(tx, invitation);
        const { email } = invitation;
        await this.audit.record(tx, actor, 'invitation.sent_again', target(invitation.id), { email });
        return invitationView(invitation);
      }),
    );
  }

  /** @throws Problem `not_found`, or `invitation_closed` for one that was accepted */
  revoke(actor: Actor, id: string): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const invitation = await this.lock(tx, id);
      if (decideRevocation(invitation.state) === 'nothing') return;
      await markRevoked(tx, invitation.id, actor.userId);
      const { email } = invitation;
      await this.audit.record(tx, actor, 'invitation.revoked', target(invitation.id), { email });
    });
  }

  private async lock(tx: Transaction, id: string): Promise<InvitationRow> {
    return (isUuid(id) ? await lockInvitation(tx, id) : null) ?? raise(notFoundProblem());
  }

  private async replace(tx: Transaction, actor: Actor, email: string): Promise<string[]> {
    const replaced = await endInvitationOf(tx, email, actor.userId);
    for (const id of replaced)
      await this.audit.record(tx, actor, 'invitation.revoked', target(id), { email, replaced: true });
    return replaced;
  }
}

const target = (id: string) => ({ type: 'invitation', id });
