import type { Transaction } from '../platform/database/transaction.js';
import type { InvitationState } from './invitations.rules.js';

export interface InvitedRole {
  readonly id: string;
  readonly role: string;
  /** ISO 8601. */
  readonly expiresAt: string | null;
}

export interface InvitedTeam {
  readonly id: string;
  readonly name: string;
}

export interface InvitationRow {
  id: string;
  email: string;
  message: string | null;
  locale: string | null;
  state: InvitationState;
  invited_by: string;
  invited_with_key: string | null;
  user_id: string | null;
  created_at: Date;
  /** `created_at` with all its digits. */
  position: string;
  expires_at: Date;
  opened_at: Date | null;
  accepted_at: Date | null;
  revoked_at: Date | null;
  roles: InvitedRole[];
  teams: InvitedTeam[];
}

export interface NewInvitation {
  readonly email: string;
  readonly message: string | null;
  readonly locale: string | null;
  readonly invitedBy: string;
  readonly invitedWithKey: string | null;
  readonly expiresAt: Date | null;
  readonly roles: readonly { id: string; expiresAt: Date | null }[];
  readonly teamIds: readonly string[];
}

const isOpen = `i.state in ('sent', 'opened')`;
const stateNow = `case when ${isOpen} and i.expires_at <= now() then 'expired' else i.state end`;
const columns = `i.id, i.email, i.message, i.locale, ${stateNow} as state, i.invited_by, i.invited_with_key, i.user_id,
  i.created_at, i.created_at::text as position, i.expires_at, i.opened_at, i.accepted_at, i.revoked_at,
  coalesce((select json_agg(json_build_object('id', r.id, 'role', r.name, 'expiresAt', iso_time(g.expires_at)) order by r.name)
     from invitation_roles g join roles r on r.org_id = g.org_id and r.id = g.role_id
    where g.org_id = i.org_id and g.invitation_id = i.id), '[]') as roles,
  coalesce((select json_agg(json_build_object('id', t.id, 'name', t.name) order by t.name)
     from invitation_teams g join teams t on t.org_id = g.org_id and t.id = g.team_id
    where g.org_id = i.org_id and g.invitation_id = i.id), '[]') as teams`;

/** Makes those who invite the same address wait for each other. */
export async function lockAddress(tx: Transaction, email: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('invitation ' || $1 || ' ' || $2, 0))`, [
    tx.organizationId,
    email,
  ]);
}

/** Ends the invitation that an address has. @returns its id where it could still be accepted */
export async function endInvitationOf(tx: Transaction, email: string, endedBy: string): Promise<string[]> {
  const ended = await tx.query<{ id: string; state: InvitationState }>(
    `update invitations i
        set state = case when i.expires_at <= now() then 'expired' else 'revoked' end,
            revoked_at = case when i.expires_at > now() then now() end, updated_at = now(), updated_by = $3
      where i.org_id = $1 and i.email = $2 and ${isOpen} returning i.id, i.state`,
    [tx.organizationId, email, endedBy],
  );
  return ended.filter(({ state }) => state === 'revoked').map(({ id }) => id);
}

/** @returns the id */
export async function insertInvitation(tx: Transaction, invitation: NewInvitation): Promise<string> {
  const row = await tx.queryOne<{ id: string }>(
    `insert into invitations (org_id, email, message, locale, invited_by, invited_with_key, expires_at)
     values ($1, $2, $3, $4, $5, $6, coalesce($7::timestamptz, now() + token_lifetime($1, 'invitation'))) returning id`,
    [
      tx.organizationId,
      invitation.email,
      invitation.message,
      invitation.locale,
      invitation.invitedBy,
      invitation.invitedWithKey,
      invitation.expiresAt,
    ],
  );
  const { id } = row!;
  await tx.query(
    `insert into invitation_roles (org_id, invitation_id, role_id, expires_at)
     select $1, $2, w.role_id, w.expires_at from unnest($3::uuid[], $4::timestamptz[]) as w (role_id, expires_at)`,
    [
      tx.organizationId,
      id,
      invitation.roles.map((role) => role.id),
      invitation.roles.map(({ expiresAt }) => expiresAt),
    ],
  );
  await tx.query(
    `insert into invitation_teams (org_id, invitation_id, team_id) select $1, $2, unnest($3::uuid[])`,
    [tx.organizationId, id, invitation.teamIds],
  );
  return id;
}

export function findInvitation(tx: Transaction, id: string): Promise<InvitationRow | null> {
  return tx.queryOne<InvitationRow>(
    `select ${columns} from invitations i where i.org_id = $1 and i.id = $2`,
    [tx.organizationId, id],
  );
}

export function lockInvitation(tx: Transaction, id: string): Promise<InvitationRow | null> {
  return tx.queryOne<InvitationRow>(
    `select ${columns} from invitations i where i.org_id = $1 and i.id = $2 for update of i`,
    [tx.organizationId, id],
  );
}

/** One page, newest first. */
export function listInvitations(
  tx: Transaction,
  state: InvitationState | null,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<InvitationRow[]> {
  return tx.query<InvitationRow>(
    `select ${columns} from invitations i
      where i.org_id = $1 and ($2::text is null or ${stateNow} = $2)
        and ($3::timestamptz is null or (i.created_at, i.id) < ($3, $4::uuid))
      order by i.created_at desc, i.id desc limit $5`,
    [tx.organizationId, state, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

const byToken = `i.org_id = $1 and ${isOpen} and i.expires_at > now() and i.id = (
  select t.subject_id from verification_tokens t
   where t.org_id = $1 and t.type = 'invitation' and t.token_hash = $2 and t.used_at is null and t.ended_at is null and t.expires_at > now())`;

/** The invitation that a token opens at this moment. */
export function findInvitationByToken(tx: Transaction, tokenHash: Buffer): Promise<InvitationRow | null> {
  return tx.queryOne<InvitationRow>(`select ${columns} from invitations i where ${byToken}`, [
    tx.organizationId,
    tokenHash,
  ]);
}

/** The same, locked: before its tokens, as whoever revokes it does. */
export function lockInvitationByToken(tx: Transaction, tokenHash: Buffer): Promise<InvitationRow | null> {
  return tx.queryOne<InvitationRow>(`select ${columns} from invitations i where ${byToken} for update of i`, [
    tx.organizationId,
    tokenHash,
  ]);
}

/** The open invitation that an address has, locked. */
export function lockInvitationOf(tx: Transaction, email: string): Promise<InvitationRow | null> {
  return tx.queryOne<InvitationRow>(
    `select ${columns} from invitations i
      where i.org_id = $1 and i.email = $2 and ${isOpen} and i.expires_at > now() for update of i`,
    [tx.organizationId, email],
  );
}

/** @returns whether it was the first time */
export async function markOpened(tx: Transaction, id: string): Promise<boolean> {
  const opened = await tx.query(
    `update invitations set state = 'opened', opened_at = now(), updated_at = now()
      where org_id = $1 and id = $2 and state = 'sent' returning 1`,
    [tx.organizationId, id],
  );
  return opened.length > 0;
}

/** @returns whether it was still open */
export async function markAccepted(tx: Transaction, id: string, userId: string): Promise<boolean> {
  const accepted = await tx.query(
    `update invitations i
        set state = 'accepted', accepted_at = now(), opened_at = coalesce(opened_at, now()), updated_at = now(),
            updated_by = $3, user_id = $3
      where i.org_id = $1 and i.id = $2 and ${isOpen} and i.expires_at > now() returning 1`,
    [tx.organizationId, id, userId],
  );
  return accepted.length > 0;
}

export async function markRevoked(tx: Transaction, id: string, revokedBy: string): Promise<void> {
  await tx.query(
    `update invitations set state = 'revoked', revoked_at = now(), updated_at = now(), updated_by = $3
      where org_id = $1 and id = $2`,
    [tx.organizationId, id, revokedBy],
  );
}

/** What the API key may that somebody invited with; null where the key is gone. */
export async function permissionsOfKey(tx: Transaction, keyId: string): Promise<string[] | null> {
  const row = await tx.queryOne<{ permissions: string[] }>(
    `select permissions from api_keys
      where org_id = $1 and id = $2 and (expires_at is null or expires_at > now())`,
    [tx.organizationId, keyId],
  );
  return row?.permissions ?? null;
}

/** What the person who invited is called; neither address nor id is for strangers. */
export async function nameOfUser(tx: Transaction, userId: string): Promise<string | null> {
  const row = await tx.queryOne<{ full_name: string | null }>(
    `select full_name from users where org_id = $1 and id = $2`,
    [tx.organizationId, userId],
  );
  return row?.full_name ?? null;
}

/** Whoever has the link from the mail has the mailbox. */
export async function markEmailVerified(tx: Transaction, userId: string, email: string): Promise<void> {
  await tx.query(
    `update users set email_verified_at = now()
      where org_id = $1 and id = $2 and email = $3 and email_verified_at is null`,
    [tx.organizationId, userId, email],
  );
}
