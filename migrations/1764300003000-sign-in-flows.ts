import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People on their way through the pages of signing in, and which organizations know an address. */
export class SignInFlows1764300003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(flows);
    await runner.query(discovery);
    await runner.query(retention);
    await runner.query(privileges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      delete from server_privileges where name like any (array['sign_in_flows', 'organizations_of_email(%', 'purge_sign_in_flows(%']);
      drop function purge_sign_in_flows, organizations_of_email;
      drop table sign_in_flows;
    `);
  }
}

const flows = /* sql */ `
/*
 * Somebody who is signing in, in one browser. How far they are stands here and nowhere else. Each move names the version
 * that it comes from, so that of many at once one is made; what is finished stays finished.
 */
create table sign_in_flows (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  /* Of the name that the browser keeps in a cookie. */
  browser_hash bytea not null check (octet_length(browser_hash) = 32),
  version integer not null default 1,
  step text not null check (step ~ '^[a-z][a-z-]{0,31}$'),
  /* Who they say they are, and nothing secret. */
  state jsonb not null check (jsonb_typeof(state) = 'object' and octet_length(state::text) <= 4096),
  /* Whose account it is, once that was proven in this very flow. */
  user_id uuid,
  /* The request of the application that they came from. */
  interaction text check (length(interaction) between 1 and 128),
  /* The page of ours that they go to, by its name in a closed list; never an address. */
  return_to text not null check (return_to ~ '^[a-z][a-z-]{0,63}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  finished_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index sign_in_flows_by_browser on sign_in_flows (org_id, browser_hash, created_at desc);
create index sign_in_flows_by_user on sign_in_flows (org_id, user_id) where user_id is not null;
create index sign_in_flows_by_end on sign_in_flows (org_id, expires_at);
`;

const discovery = /* sql */ `
/*
 * The organizations that know an address: for a mail to that very address, and for nobody else. It asks every organization,
 * so it takes the whole address and gives names only.
 */
create function organizations_of_email(p_email text, p_limit integer)
returns table (slug text, name text)
language plpgsql stable security definer set search_path = tenantry, pg_temp rows 10 as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work looks into all organizations' using errcode = '42501';
  end if;
  return query
  select o.slug, o.name
    from users u join organizations o on o.id = u.org_id
   where u.email = p_email and u.status in ('active', 'initializing') and o.status = 'active'
   order by o.name, o.slug limit p_limit;
end $$;
/* The one question that is put to all organizations at once. */
create index users_by_email_anywhere on users (email) where email is not null;
`;

const retention = /* sql */ `
/* What has ended. A finished one is kept until then, so that it is not begun anew under its id. */
create function purge_sign_in_flows(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select f.org_id, f.id from organizations o cross join lateral (
      select f.org_id, f.id from sign_in_flows f
       where f.org_id = o.id and f.expires_at < now() - interval '1 hour'
       limit p_batch for update skip locked) f
     limit p_batch)
  delete from sign_in_flows f using due where f.org_id = due.org_id and f.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'sign_in_flows', 'select, insert, update, delete'),
  ('function', 'organizations_of_email(text, integer)', 'execute'),
  ('function', 'purge_sign_in_flows(integer)', 'execute');
`;
