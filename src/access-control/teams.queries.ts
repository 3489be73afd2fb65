import { isUuid, newId } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Holding } from './grants.rules.js';
import { containing } from './roles.queries.js';
import { Team } from './team.entity.js';
import { TeamMember } from './team-member.entity.js';

export interface TeamRow {
  id: string;
  name: string;
  description: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export interface TeamMemberRow {
  user_id: string;
  email: string | null;
  username: string | null;
  full_name: string | null;
  added_at: Date;
}

const columns = `t.id, t.name, t.description, t.version, t.created_at, t.updated_at`;

const byNameOrId = `t.org_id = $1 and (t.name = $2 or t.id = $3)`;

export function listTeams(
  tx: Transaction,
  contains: string | undefined,
  afterName: string | null,
  limit: number,
): Promise<TeamRow[]> {
  return tx.query<TeamRow>(
    `select ${columns} from teams t
      where t.org_id = $1 and ($2::text is null or t.name ilike $2) and ($3::text is null or t.name > $3)
      order by t.name limit $4`,
    [tx.organizationId, contains === undefined ? null : containing(contains), afterName, limit],
  );
}

export function findTeam(tx: Transaction, team: string): Promise<TeamRow | null> {
  return tx.queryOne<TeamRow>(`select ${columns} from teams t where ${byNameOrId}`, [
    tx.organizationId,
    team,
    isUuid(team) ? team : null,
  ]);
}

/** Locks a team against other changes of it and of what it carries. */
export function lockTeam(tx: Transaction, team: string): Promise<TeamRow | null> {
  return tx.queryOne<TeamRow>(`select ${columns} from teams t where ${byNameOrId} for no key update`, [
    tx.organizationId,
    team,
    isUuid(team) ? team : null,
  ]);
}

/** The same for some teams, in one order for everybody, so that nobody waits in a circle. */
export function lockTeams(tx: Transaction, teams: readonly string[]): Promise<TeamRow[]> {
  return tx.query<TeamRow>(
    `select ${columns} from teams t
      where t.org_id = $1 and (t.name = any($2) or t.id = any($3::uuid[])) order by t.id for no key update`,
    [tx.organizationId, teams, teams.filter(isUuid)],
  );
}

export async function insertTeam(
  tx: Transaction,
  team: { name: string; description: string | null; createdBy: string },
): Promise<string> {
  const id = newId();
  await tx.manager.insert(Team, { orgId: tx.organizationId, id, ...team });
  return id;
}

export async function updateTeam(
  tx: Transaction,
  id: string,
  change: { name: string; description: string | null; updatedBy: string },
): Promise<void> {
  await tx.query(
    `update teams set name = $3, description = $4, updated_by = $5, updated_at = now(), version = version + 1
      where org_id = $1 and id = $2`,
    [tx.organizationId, id, change.name, change.description, change.updatedBy],
  );
}

/** Counts a change of roles as a change of the team. @returns the new version */
export async function bumpTeamVersion(tx: Transaction, id: string, changedBy: string): Promise<number> {
  const row = await tx.queryOne<{ version: number }>(
    `update teams set version = version + 1, updated_at = now(), updated_by = $3
      where org_id = $1 and id = $2 returning version`,
    [tx.organizationId, id, changedBy],
  );
  return row!.version;
}

export async function deleteTeam(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(Team, { orgId: tx.organizationId, id });
}

/** What a team brings to its members now. Its roles are locked: what they hold cannot change before the transaction ends. */
export async function lockHoldingsOfTeam(tx: Transaction, teamId: string): Promise<Holding[]> {
  const living = `g.org_id = $1 and g.team_id = $2 and (g.expires_at is null or g.expires_at > now())`;
  await tx.query(
    `select 1 from roles r where r.org_id = $1 and r.id in (select g.role_id from team_roles g where ${living})
      order by r.id for share`,
    [tx.organizationId, teamId],
  );
  return tx.query<Holding>(
    `select p.permission, g.expires_at as until from team_roles g
       join role_permissions p on p.org_id = g.org_id and p.role_id = g.role_id
      where ${living} order by p.permission`,
    [tx.organizationId, teamId],
  );
}

/** The members of a team, in the order in which they came. */
export function listTeamMembers(
  tx: Transaction,
  teamId: string,
  after: { addedAt: string; userId: string } | null,
  limit: number,
): Promise<(TeamMemberRow & { position: string })[]> {
  return tx.query(
    `select u.id as user_id, u.email, u.username, u.full_name, m.created_at as added_at, m.created_at::text as position
       from team_members m
       join users u on u.org_id = m.org_id and u.id = m.user_id
      where m.org_id = $1 and m.team_id = $2
        and ($3::timestamptz is null or (m.created_at, m.user_id) > ($3, $4::uuid))
      order by m.created_at, m.user_id limit $5`,
    [tx.organizationId, teamId, after?.addedAt ?? null, after?.userId ?? null, limit],
  );
}

/** @returns whether the user was not a member before */
export async function insertTeamMember(
  tx: Transaction,
  teamId: string,
  userId: string,
  addedBy: string,
): Promise<boolean> {
  const inserted = await tx.query(
    `insert into team_members (org_id, team_id, user_id, created_by) values ($1, $2, $3, $4)
     on conflict do nothing returning 1`,
    [tx.organizationId, teamId, userId, addedBy],
  );
  return inserted.length > 0;
}

/** @returns whether the user was a member */
export async function deleteTeamMember(tx: Transaction, teamId: string, userId: string): Promise<boolean> {
  const { affected } = await tx.manager.delete(TeamMember, { orgId: tx.organizationId, teamId, userId });
  return affected === 1;
}

export async function countTeamsOf(tx: Transaction, userId: string): Promise<number> {
  const row = await tx.queryOne<{ joined: number }>(
    'select count(*)::integer as joined from team_members where org_id = $1 and user_id = $2',
    [tx.organizationId, userId],
  );
  return row!.joined;
}
