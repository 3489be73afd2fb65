import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is over leaves: audit events by whole months, everything else in small batches. */
export class Retention1764100005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(guard);
    await runner.query(partitions);
    await runner.query(partitionedEvents);
    await runner.query(erasure);
    await runner.query(purges);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back from this migration: restore the backup from before it');
  }
}

const guard = /* sql */ `
/*
 * What deletes as the owner does so for platform work only, never younger than a floor, and never so much at once that
 * anybody waits for it.
 */
create function require_purge(p_keep_days integer, p_least_days integer, p_batch integer) returns void
language plpgsql set search_path = tenantry, pg_temp as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work deletes what is over' using errcode = '42501';
  end if;
  if (p_keep_days >= p_least_days and p_batch between 1 and 1000) is not true then
    raise exception 'keep at least % days, and delete 1 to 1000 rows at once', p_least_days using errcode = '22023';
  end if;
end $$;
`;

const partitions = /* sql */ `
/* The month that a partition of audit_events holds; null for the default one. */
create function audit_partition_month(p_name text) returns date language sql immutable strict parallel safe
  return case when p_name ~ '^audit_events_[0-9]{4}_[0-9]{2}$' then to_date(right(p_name, 7), 'YYYY_MM') end;

/*
 * The partition of a month, closed to everybody but through audit_events. It is made beside and attached, which locks
 * audit_events against other changes of its shape only. Where events of that month came before it, they are in the
 * default partition and stay there.
 */
create function make_audit_partition(p_month date) returns boolean
language plpgsql set search_path = tenantry, pg_temp as $$
declare
  partition_name constant text := 'audit_events_' || to_char(p_month, 'YYYY_MM');
  lower_bound constant timestamptz := p_month::timestamp at time zone 'UTC';
  upper_bound constant timestamptz := (p_month + interval '1 month') at time zone 'UTC';
  owner_name constant name := (select nspowner::regrole::name from pg_namespace where nspname = 'tenantry');
begin
  if to_regclass(format('tenantry.%I', partition_name)) is not null
     or exists (select from audit_events_default where created_at >= lower_bound and created_at < upper_bound) then
    return false;
  end if;
  execute format('create table %I (like audit_events including all)', partition_name);
  execute format('alter table %I enable row level security, force row level security', partition_name);
  execute format('create policy organization on %I using (org_id = (select current_org_id())) with check (org_id = (select current_org_id()))',
                 partition_name);
  execute format('create policy owner on %I to %I using (true) with check (true)', partition_name, owner_name);
  execute format('alter table audit_events attach partition %I for values from (%L) to (%L)',
                 partition_name, lower_bound, upper_bound);
  return true;
end $$;

/*
 * Makes the partitions of this month and the next three, and tells how many were missing. What cannot be had soon is had
 * next time: there is time enough, and nobody waits behind it.
 */
create function prepare_audit_partitions() returns integer
language plpgsql security definer set search_path = tenantry, pg_temp set lock_timeout = '200ms' as $$
declare
  made integer := 0;
  this_month constant date := date_trunc('month', now() at time zone 'UTC')::date;
begin
  if not is_platform_work() then
    raise exception 'only platform work makes partitions' using errcode = '42501';
  end if;
  if not pg_try_advisory_xact_lock(hashtextextended('tenantry.audit_partitions', 0)) then return 0; end if;
  for ahead in 0 .. 3 loop
    begin
      if make_audit_partition((this_month + make_interval(months => ahead))::date) then made := made + 1; end if;
    exception when lock_not_available then
      return made;
    end;
  end loop;
  return made;
end $$;
`;

const partitionedEvents = /* sql */ `
alter table audit_events rename to audit_events_before;
alter table audit_events_before rename constraint audit_events_pkey to audit_events_before_pkey;
drop index audit_events_by_time, audit_events_by_actor, audit_events_by_target, audit_events_by_action;

create table audit_events (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  created_at timestamptz not null default now(),
  outcome text not null check (outcome in ('done', 'refused')),
  actor_type text not null check (actor_type in ('user', 'api-key', 'operator', 'system', 'anonymous')),
  actor_id uuid,
  action text not null,
  target_type text,
  target_id text,
  change jsonb not null default '{}',
  ip inet,
  user_agent text,
  request_id text,
  primary key (org_id, id, created_at)
) partition by range (created_at);
create index audit_events_by_time on audit_events (org_id, created_at, id);
create index audit_events_by_actor on audit_events (org_id, actor_id, created_at, id);
create index audit_events_by_target on audit_events (org_id, target_id, created_at, id);
create index audit_events_by_action on audit_events (org_id, action, created_at, id);

/* Catches whatever no month is there for. */
create table audit_events_default partition of audit_events default;

do $$
declare
  earliest date := date_trunc('month', least((select min(created_at) from audit_events_before), now()) at time zone 'UTC')::date;
begin
  for ahead in 0 .. 3 + 12 * extract(year from age(now() at time zone 'UTC', earliest))::integer
                      + extract(month from age(now() at time zone 'UTC', earliest))::integer loop
    perform make_audit_partition((earliest + make_interval(months => ahead))::date);
  end loop;
end $$;

insert into audit_events
select org_id, id, created_at, outcome, actor_type, actor_id, action, target_type, target_id, change, ip, user_agent, request_id
  from audit_events_before;
drop table audit_events_before;
`;

const erasure = /* sql */ `
/* As before; the time is in the key of audit events now. */
create or replace function erase_organization(erased uuid, batch integer) returns boolean
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  removed integer;
begin
  if not is_platform_work() then
    raise exception 'only platform work erases organizations' using errcode = '42501';
  end if;
  perform from organizations where id = erased and status = 'suspended' for update;
  if not found then return false; end if;
  delete from audit_events where (org_id, id, created_at) in
    (select org_id, id, created_at from audit_events where org_id = erased limit batch);
  get diagnostics removed = row_count;
  if removed < batch then
    delete from users where (org_id, id) in (select org_id, id from users where org_id = erased limit batch);
    get diagnostics removed = row_count;
  end if;
  if removed = batch then return true; end if;
  delete from organizations where id = erased;
  return false;
end $$;
`;

/** Each looks into every organization by an index that begins with it, until it has a batch, and waits for no lock. */
const purges = /* sql */ `
/*
 * Audit events that are older than that: whole months by dropping their partitions, and what lies in the default one row
 * by row. Dropping needs audit_events to itself for a moment; what cannot be had at once is had next time.
 */
create function purge_audit_events(p_keep_days integer, p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp set lock_timeout = '100ms' as $$
declare
  cutoff constant timestamptz := now() - make_interval(days => p_keep_days);
  expired record;
  purged integer;
begin
  perform require_purge(p_keep_days, 30, p_batch);
  begin
    for expired in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'audit_events'::regclass
         and (audit_partition_month(c.relname::text) + interval '1 month') at time zone 'UTC' <= cutoff
       order by c.relname
    loop
      execute format('drop table %I', expired.relname);
    end loop;
  exception when lock_not_available then null;
  end;
  with due as materialized (
    select e.org_id, e.id, e.created_at from organizations o cross join lateral (
      select e.org_id, e.id, e.created_at from audit_events_default e
       where e.org_id = o.id and e.created_at < cutoff
       limit p_batch for update skip locked) e
     limit p_batch)
  delete from audit_events_default e using due
   where e.org_id = due.org_id and e.id = due.id and e.created_at = due.created_at;
  get diagnostics purged = row_count;
  return purged;
end $$;

create function purge_sessions(p_keep_days integer, p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(p_keep_days, 1, p_batch);
  with due as materialized (
    select s.org_id, s.id from organizations o cross join lateral (
      select s.org_id, s.id from sessions s
       where s.org_id = o.id
         and least(s.expires_at, s.revoked_at) < now() - make_interval(days => p_keep_days)
       limit p_batch for update skip locked) s
     limit p_batch)
  delete from sessions s using due where s.org_id = due.org_id and s.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;

/* Used ones too: the longest lives for thirty days. */
create function purge_verification_tokens(p_keep_days integer, p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(p_keep_days, 1, p_batch);
  with due as materialized (
    select t.org_id, t.id from organizations o cross join lateral (
      select t.org_id, t.id from verification_tokens t
       where t.org_id = o.id and t.expires_at < now() - make_interval(days => p_keep_days)
       limit p_batch for update skip locked) t
     limit p_batch)
  delete from verification_tokens t using due where t.org_id = due.org_id and t.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;

/* What still waits to be sent stays. */
create function purge_mails(p_keep_days integer, p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(p_keep_days, 1, p_batch);
  with due as materialized (
    select m.org_id, m.id from organizations o cross join lateral (
      select m.org_id, m.id from mails m
       where m.org_id = o.id and m.created_at < now() - make_interval(days => p_keep_days) and m.state in ('sent', 'dead')
       limit p_batch for update skip locked) m
     limit p_batch)
  delete from mails m using due where m.org_id = due.org_id and m.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;

/* Clients were promised a day. */
create function purge_idempotency_keys(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select k.org_id, k.actor_id, k.key_hash from organizations o cross join lateral (
      select k.org_id, k.actor_id, k.key_hash from idempotency_keys k
       where k.org_id = o.id and k.created_at < now() - interval '24 hours'
       limit p_batch for update skip locked) k
     limit p_batch)
  delete from idempotency_keys k using due
   where k.org_id = due.org_id and k.actor_id = due.actor_id and k.key_hash = due.key_hash;
  get diagnostics purged = row_count;
  return purged;
end $$;

/* Those that stand for nothing any more: their window is over, and nobody is blocked by them. */
create function purge_attempt_counters(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select c.org_id, c.kind, c.key_hash from organizations o cross join lateral (
      select c.org_id, c.kind, c.key_hash from attempt_counters c
       where c.org_id = o.id and c.window_ends_at < now() and coalesce(c.blocked_until, '-infinity') < now()
       limit p_batch for update skip locked) c
     limit p_batch)
  delete from attempt_counters c using due
   where c.org_id = due.org_id and c.kind = due.kind and c.key_hash = due.key_hash;
  get diagnostics purged = row_count;
  return purged;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('function', 'prepare_audit_partitions()', 'execute'),
  ('function', 'purge_audit_events(integer, integer)', 'execute'),
  ('function', 'purge_sessions(integer, integer)', 'execute'),
  ('function', 'purge_verification_tokens(integer, integer)', 'execute'),
  ('function', 'purge_mails(integer, integer)', 'execute'),
  ('function', 'purge_idempotency_keys(integer)', 'execute'),
  ('function', 'purge_attempt_counters(integer)', 'execute');
`;
