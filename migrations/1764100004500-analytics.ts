import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many sign-ins and new accounts a day has, and indexes from which the rest of the numbers is counted. */
export class Analytics1764100004500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(counting);
    await runner.query(counters);
    await runner.query(indexes);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('What was counted would be lost: restore the backup from before it');
  }
}

const counting = /* sql */ `
/* What was counted up to now, a row a day (UTC) and kind. */
create table daily_counts (
  org_id uuid not null references organizations (id) on delete cascade,
  day date not null,
  kind text not null check (kind in ('sign_in', 'account')),
  count bigint not null check (count > 0),
  primary key (org_id, day, kind)
);

/*
 * What was counted since. A transaction adds rows of its own: one row a day would make everybody who signs in wait for
 * everybody else of the organization, and whoever holds another lock meanwhile, for ever.
 */
create table daily_count_entries (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  day date not null,
  kind text not null check (kind in ('sign_in', 'account')),
  count bigint not null check (count > 0),
  primary key (org_id, id)
);

create function count_by_day() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  insert into daily_count_entries (org_id, day, kind, count)
  select a.org_id, (a.created_at at time zone 'UTC')::date, tg_argv[0], count(*) from added a group by 1, 2;
  return null;
end $$;
create trigger count_by_day after insert on users referencing new table as added
  for each statement execute function count_by_day('account');
create trigger count_by_day after insert on sessions referencing new table as added
  for each statement execute function count_by_day('sign_in');

insert into daily_counts (org_id, day, kind, count)
select org_id, (created_at at time zone 'UTC')::date, 'account', count(*) from users group by 1, 2
union all
select org_id, (created_at at time zone 'UTC')::date, 'sign_in', count(*) from sessions group by 1, 2;
`;

const counters = /* sql */ `
/*
 * Adds up to p_batch entries to their days and tells how many. In one statement, so that nobody sees an entry twice or
 * not at all; always in one order, so that two that do it at once do not wait for each other.
 */
create function fold_daily_counts(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  folded integer;
begin
  if not is_platform_work() then
    raise exception 'only platform work folds counts' using errcode = '42501';
  end if;
  with taken as (
    select e.org_id, e.id from daily_count_entries e limit least(p_batch, 10000) for update skip locked),
  gone as (
    delete from daily_count_entries e using taken t where e.org_id = t.org_id and e.id = t.id
    returning e.org_id, e.day, e.kind, e.count),
  sums as (
    insert into daily_counts as c (org_id, day, kind, count)
    select g.org_id, g.day, g.kind, sum(g.count) from gone g group by 1, 2, 3 order by 1, 2, 3
    on conflict (org_id, day, kind) do update set count = c.count + excluded.count)
  select count(*) into folded from gone;
  return folded;
end $$;
`;

const indexes = /* sql */ `
/* With what else is asked, so that counting all users of an organization reads an index and no row. */
drop index users_by_last_login;
create index users_by_last_login on users (org_id, (coalesce(last_login_at, '-infinity'::timestamptz)), id)
  include (last_login_at);
drop index user_roles_by_role;
create index user_roles_by_role on user_roles (org_id, role_id, user_id) include (expires_at);

/*
 * When a session ends at the latest. Idleness is not in it: it moves with each use, and would make every use write here.
 */
create index sessions_by_end on sessions (org_id, least(expires_at, revoked_at));
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'daily_counts', 'select'),
  ('table', 'daily_count_entries', 'select, insert'),
  ('function', 'fold_daily_counts(integer)', 'execute');
`;
