import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications that want to know are told of the end of a session (OpenID Connect Back-Channel Logout 1.0). */
export class LogoutDeliveries1764300002500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(queue);
    await runner.query(cause);
    await runner.query(retention);
    await runner.query(privileges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from server_privileges where name in ('logout_deliveries', 'wake_logout_delivery(uuid, uuid)', 'wake_due_logout_deliveries()', 'purge_logout_deliveries(integer, integer)');
      drop trigger tell_applications on organizations;
      drop trigger tell_applications_of_deleted on sessions;
      drop trigger tell_applications on sessions;
      drop function purge_logout_deliveries, tell_applications_of_organization, tell_applications, queue_logouts, wake_due_logout_deliveries, wake_logout_delivery;
      drop table logout_deliveries;
    `);
  }
}

const tables = /* sql */ `
/* One message to one application, about one session; what is said is made when it is sent. */
create table logout_deliveries (
  org_id uuid not null,
  id uuid not null default new_id(),
  application_id uuid not null,
  /* Both may be gone by the time that somebody is told. */
  user_id uuid not null,
  session_id uuid not null,
  /* The session as that application knows it. */
  sid text not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'failed', 'sent', 'dead')),
  attempts integer not null default 0,
  last_answer text check (length(last_answer) <= 500),
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade
);
create index logout_deliveries_by_application on logout_deliveries (org_id, application_id);
create index logout_deliveries_by_user on logout_deliveries (org_id, user_id);
create index logout_deliveries_by_creation on logout_deliveries (org_id, created_at, id);
create index logout_deliveries_due on logout_deliveries (org_id, due_at) where state in ('queued', 'sending', 'failed');
`;

const queue = /* sql */ `
/* Makes the worker look at a delivery when it is due; as the owner, because nobody else may add jobs. */
create function wake_logout_delivery(p_org uuid, p_delivery uuid) returns void
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  due timestamptz;
begin
  select d.due_at into due from logout_deliveries d
   where d.org_id = p_org and d.id = p_delivery and d.state in ('queued', 'failed', 'sending');
  if not found or to_regclass('graphile_worker._private_jobs') is null then return; end if;
  perform graphile_worker.add_job('send-logout',
    json_build_object('organizationId', p_org, 'deliveryId', p_delivery),
    run_at => due, max_attempts => 5, job_key => 'logout:' || p_org || ':' || p_delivery);
end $$;

/* For those whose job was lost with a crash, or never made. */
create function wake_due_logout_deliveries() returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  most constant integer := 1000;
  due record;
  woken integer := 0;
begin
  if not is_platform_work() then
    raise exception 'only platform work wakes deliveries' using errcode = '42501';
  end if;
  for due in
    select d.org_id, d.id from organizations o cross join lateral
      (select l.org_id, l.id from logout_deliveries l
        where l.org_id = o.id and l.state in ('queued', 'failed', 'sending') and l.due_at <= now()
        order by l.due_at limit 100) d
     limit most
  loop
    perform wake_logout_delivery(due.org_id, due.id);
    woken := woken + 1;
  end loop;
  return woken;
end $$;
`;

const cause = /* sql */ `
/* So many are sent at once; the rest within minutes, by whoever looks for what is due. */
create function queue_logouts(p_org uuid, p_sessions uuid[]) returns void
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  most_at_once constant integer := 100;
  made record;
  woken integer := 0;
begin
  for made in
    insert into logout_deliveries (org_id, application_id, user_id, session_id, sid)
    select x.org_id, x.application_id, s.user_id, s.id, x.sid
      from oidc_session_applications x
      join sessions s on s.org_id = x.org_id and s.id = x.session_id
      join applications a on a.org_id = x.org_id and a.id = x.application_id
     where x.org_id = p_org and x.session_id = any (p_sessions)
       and a.backchannel_logout_uri is not null and a.status = 'active'
    returning org_id, id
  loop
    exit when woken = most_at_once;
    perform wake_logout_delivery(made.org_id, made.id);
    woken := woken + 1;
  end loop;
end $$;

/* Whatever ends a session tells the applications that it was used for, in the same transaction. */
create function tell_applications() returns trigger language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    perform queue_logouts(new.org_id, array[new.id]);
    return new;
  end if;
  /* With its user; of an organization that is erased nobody is left to tell it. */
  if exists (select from organizations o where o.id = old.org_id and o.status = 'active') then
    perform queue_logouts(old.org_id, array[old.id]);
  end if;
  return old;
end $$;
/* Before, because what names it goes with it. */
create trigger tell_applications_of_deleted before delete on sessions for each row
  when (old.revoked_at is null and old.expires_at > now()) execute function tell_applications();

create function tell_applications_of_organization() returns trigger
language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  perform queue_logouts(new.id, array(
    select s.id from sessions s
     where s.org_id = new.id and s.revoked_at is null and s.expires_at > now() and s.created_at > old.sessions_revoked_at));
  return null;
end $$;
create trigger tell_applications after update on organizations for each row
  when (old.sessions_revoked_at < new.sessions_revoked_at) execute function tell_applications_of_organization();
create trigger tell_applications after update on sessions for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function tell_applications();
`;

const retention = /* sql */ `
create function purge_logout_deliveries(p_keep_days integer, p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(p_keep_days, 1, p_batch);
  with due as materialized (
    select d.org_id, d.id from organizations o cross join lateral (
      select l.org_id, l.id from logout_deliveries l
       where l.org_id = o.id and l.created_at < now() - make_interval(days => p_keep_days) and l.state in ('sent', 'dead')
       limit p_batch for update skip locked) d
     limit p_batch)
  delete from logout_deliveries l using due where l.org_id = due.org_id and l.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'logout_deliveries', 'select, insert, update, delete'),
  ('function', 'wake_logout_delivery(uuid, uuid)', 'execute'),
  ('function', 'wake_due_logout_deliveries()', 'execute'),
  ('function', 'purge_logout_deliveries(integer, integer)', 'execute');
`;
