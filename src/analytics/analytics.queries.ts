import type { Transaction } from '../platform/database/transaction.js';
import type { DayRange } from './analytics.rules.js';

/* Each statement reads one index, and no row of users or grants: an organization may have a hundred thousand. */

/**
 * To an organization that is much of a table the planner reads the table, by itself or by a bitmap. That takes longer
 * with each byte of metadata that people have; the index has none.
 */
export async function readIndexes(tx: Transaction): Promise<void> {
  await tx.query(
    `select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
  );
}

export interface StatusCounts {
  initializing: number;
  active: number;
  locked: number;
  deactivated: number;
}

export async function countByStatus(tx: Transaction): Promise<StatusCounts> {
  const row = await tx.queryOne<StatusCounts>(
    `select count(*) filter (where status = 'initializing')::integer as initializing,
            count(*) filter (where status = 'active')::integer as active,
            count(*) filter (where status = 'locked')::integer as locked,
            count(*) filter (where status = 'deactivated')::integer as deactivated
       from users where org_id = $1`,
    [tx.organizationId],
  );
  return row!;
}

export interface LastSignInCounts {
  today: number;
  last7Days: number;
  last30Days: number;
  last90Days: number;
  longerAgo: number;
  never: number;
}

/** Each user once, by the last time that they signed in. */
export async function countByLastSignIn(tx: Transaction): Promise<LastSignInCounts> {
  const row = await tx.queryOne<LastSignInCounts>(
    `with bounds as materialized (
       select date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' as today,
              now() - interval '7 days' as week, now() - interval '30 days' as month, now() - interval '90 days' as quarter)
     select count(*) filter (where u.last_login_at >= today)::integer as today,
            count(*) filter (where u.last_login_at < today and u.last_login_at >= week)::integer as "last7Days",
            count(*) filter (where u.last_login_at < week and u.last_login_at >= month)::integer as "last30Days",
            count(*) filter (where u.last_login_at < month and u.last_login_at >= quarter)::integer as "last90Days",
            count(*) filter (where u.last_login_at < quarter)::integer as "longerAgo",
            count(*) filter (where u.last_login_at is null)::integer as never
       from bounds, users u where u.org_id = $1`,
    [tx.organizationId],
  );
  return row!;
}

export interface DailyCount {
  kind: 'sign_in' | 'account';
  day: string;
  count: number;
}

/** What has been folded and what has not, seen at one moment. */
export function countByDay(tx: Transaction, { from, to }: DayRange): Promise<DailyCount[]> {
  return tx.query<DailyCount>(
    `select c.kind, c.day::text as day, sum(c.count)::integer as count
       from (select day, kind, count from daily_counts where org_id = $1 and day between $2::date and $3::date
             union all
             select day, kind, count from daily_count_entries where org_id = $1 and day between $2::date and $3::date) c
      group by c.kind, c.day`,
    [tx.organizationId, from, to],
  );
}

export interface RoleCount {
  role: string;
  users: number;
}

/** The roles that most users hold, each user once, whichever way the role takes to them. */
export function countByRole(tx: Transaction, limit: number): Promise<RoleCount[]> {
  const living = (grant: string) => `(${grant}.expires_at is null or ${grant}.expires_at > now())`;
  return tx.query<RoleCount>(
    `with direct as (
       select g.role_id, count(*) as users from user_roles g where g.org_id = $1 and ${living('g')} group by g.role_id),
     by_team as (
       select t.role_id, count(distinct m.user_id) as users
         from team_roles t
         join team_members m on m.org_id = t.org_id and m.team_id = t.team_id
        where t.org_id = $1 and ${living('t')}
          and not exists (select from user_roles g
                           where g.org_id = m.org_id and g.user_id = m.user_id and g.role_id = t.role_id and ${living('g')})
        group by t.role_id)
     select r.name as role, (coalesce(d.users, 0) + coalesce(b.users, 0))::integer as users
       from roles r left join direct d on d.role_id = r.id left join by_team b on b.role_id = r.id
      where r.org_id = $1
      order by users desc, r.name limit $2`,
    [tx.organizationId, limit],
  );
}

export async function countActiveSessions(tx: Transaction): Promise<number> {
  const row = await tx.queryOne<{ sessions: number }>(
    `select count(*)::integer as sessions from sessions s
      where s.org_id = $1
        and least(s.expires_at, s.revoked_at) > now() and s.idle_expires_at > now()
        and s.created_at > (select o.sessions_revoked_at from organizations o where o.id = $1)`,
    [tx.organizationId],
  );
  return row!.sessions;
}

/** @returns how many entries were folded */
export async function foldDailyCounts(tx: Transaction, batch: number): Promise<number> {
  const row = await tx.queryOne<{ folded: number }>('select fold_daily_counts($1) as folded', [batch]);
  return row!.folded;
}
