import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where people of an organization may come from, already signed in: upstream identity providers. */
export class Providers1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(providers);
    await runner.query(signIns);
    await runner.query(admins);
    await runner.query(retention);
    await runner.query(seals);
    await runner.query(privileges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      delete from server_privileges
       where name in ('oauth_providers', 'provider_role_mappings', 'provider_attempts', 'provider_sign_ins',
                      'organizations_with_old_provider_seals(bytea, uuid, integer)', 'purge_provider_attempts(integer, integer)',
                      'purge_provider_sign_ins(integer)');
      delete from role_permissions where permission like 'providers:%';
      drop function organizations_with_old_provider_seals, purge_provider_attempts, purge_provider_sign_ins;
      drop table provider_sign_ins, provider_attempts, provider_role_mappings, oauth_providers;
    `);
  }
}

const providers = /* sql */ `
create table oauth_providers (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  /* Stands in addresses that are registered elsewhere, and so never changes. */
  name text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' and name <> 'callback'),
  /* Who it is. Another one is another provider: accounts that people have here are theirs there. */
  type text not null check (type in ('google', 'github', 'microsoft', 'oidc', 'oauth2', 'organization')),
  issuer text check (length(issuer) <= 2000),
  display_name text not null check (length(display_name) between 1 and 100),
  icon text not null check (icon ~ '^[a-z][a-z0-9-]{0,31}$'),
  is_enabled boolean not null default true,
  client_id text check (length(client_id) between 1 and 500),
  /* Sealed under ENCRYPTION_KEYS and bound to this row. */
  client_secret bytea check (octet_length(client_secret) <= 8192),
  /* What only providers of its type have. */
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 16384),
  scopes text[] not null check (cardinality(scopes) <= 50),
  /* Our names of claims, to where they stand in what the provider says. */
  claim_mapping jsonb not null default '{}'
    check (jsonb_typeof(claim_mapping) = 'object' and octet_length(claim_mapping::text) <= 4096),
  /* If there are some, only people with an address of these. */
  allowed_domains text[] not null default '{}' check (cardinality(allowed_domains) <= 100),
  /* Of whose addresses it may say that they are somebody's. */
  trusted_domains text[] not null default '{}' check (cardinality(trusted_domains) <= 100),
  just_in_time boolean not null default true,
  accepts_upstream_mfa boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint oauth_providers_name_taken unique (org_id, name),
  check ((type = 'organization') = (client_id is null)),
  check (client_secret is null or client_id is not null),
  check (type not in ('microsoft', 'oidc') or issuer is not null)
);
create index oauth_providers_by_creation on oauth_providers (org_id, created_at, id);
/* The secret sealed anew is no change; whoever replaces it counts that by themselves. */
create trigger touch before update of display_name, icon, is_enabled, client_id, settings, scopes, claim_mapping,
  allowed_domains, trusted_domains, just_in_time, accepts_upstream_mfa on oauth_providers
  for each row execute function touch_row();

/* Who has that value in that claim gets the role. */
create table provider_role_mappings (
  org_id uuid not null,
  provider_id uuid not null,
  claim text not null check (length(claim) between 1 and 200),
  value text not null check (length(value) between 1 and 200),
  role_id uuid not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, provider_id, claim, value, role_id),
  foreign key (org_id, provider_id) references oauth_providers (org_id, id) on delete cascade,
  foreign key (org_id, role_id) references roles (org_id, id) on delete cascade
);
create index provider_role_mappings_by_role on provider_role_mappings (org_id, role_id);
`;

const signIns = /* sql */ `
/* What became of one try to come by a provider, for whoever has to find out why it failed. Nothing secret. */
create table provider_attempts (
  org_id uuid not null,
  id uuid not null default new_id(),
  provider_id uuid not null,
  /* What people are shown, to tell it to somebody. */
  reference text not null check (reference ~ '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'),
  kind text not null check (kind in ('sign-in', 'link', 'test')),
  outcome text not null default 'started' check (outcome in ('started', 'succeeded', 'failed')),
  failure text check (failure ~ '^[a-z][a-z0-9_]{0,63}$'),
  steps jsonb not null default '[]' check (jsonb_typeof(steps) = 'array' and octet_length(steps::text) <= 262144),
  /* Of a test: what was said of whoever made it, and what would have become of them. */
  result jsonb check (jsonb_typeof(result) = 'object' and octet_length(result::text) <= 65536),
  issuer text check (length(issuer) <= 2000),
  subject text check (length(subject) <= 500),
  user_id uuid,
  ip inet,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (org_id, id),
  constraint provider_attempts_reference_taken unique (org_id, reference),
  foreign key (org_id, provider_id) references oauth_providers (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references users (org_id, id) on delete set null (user_id),
  check ((outcome = 'started') = (ended_at is null)),
  check ((outcome = 'failed') = (failure is not null))
);
create index provider_attempts_by_provider on provider_attempts (org_id, provider_id, created_at desc, id desc);
create index provider_attempts_by_user on provider_attempts (org_id, user_id) where user_id is not null;
create index provider_attempts_by_creation on provider_attempts (org_id, created_at);

/*
 * Somebody who was sent to a provider. They come back once, in the browser that left, and soon; what does not match this
 * row is somebody else's answer.
 */
create table provider_sign_ins (
  org_id uuid not null,
  id uuid not null default new_id(),
  provider_id uuid not null,
  attempt_id uuid not null,
  state_hash bytea not null check (octet_length(state_hash) = 32),
  /* Of the name that the browser keeps in a cookie. */
  browser_hash bytea not null check (octet_length(browser_hash) = 32),
  /* State, nonce and PKCE verifier, sealed and bound to this row. */
  secrets bytea not null check (octet_length(secrets) <= 1024),
  kind text not null check (kind in ('sign-in', 'link', 'test')),
  /* Of a sign-in: the request of the application that they came from, and the page of ours that they go to without one. */
  interaction text check (length(interaction) between 1 and 128),
  return_to text check (return_to ~ '^[a-z][a-z-]{0,63}$'),
  /* Of a link: who has proven who they are just now, and in which session. */
  session_id uuid,
  user_id uuid,
  /* The provider as it was when they left. */
  provider_version integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz,
  primary key (org_id, id),
  constraint provider_sign_ins_state_taken unique (org_id, state_hash),
  foreign key (org_id, provider_id) references oauth_providers (org_id, id) on delete cascade,
  foreign key (org_id, attempt_id) references provider_attempts (org_id, id) on delete cascade,
  foreign key (org_id, session_id) references sessions (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  check ((kind = 'link') = (session_id is not null) and (kind = 'link') = (user_id is not null)),
  check (kind <> 'sign-in' or return_to is not null)
);
create index provider_sign_ins_by_provider on provider_sign_ins (org_id, provider_id);
create index provider_sign_ins_by_attempt on provider_sign_ins (org_id, attempt_id);
create index provider_sign_ins_by_session on provider_sign_ins (org_id, session_id) where session_id is not null;
create index provider_sign_ins_by_user on provider_sign_ins (org_id, user_id) where user_id is not null;
create index provider_sign_ins_by_end on provider_sign_ins (org_id, expires_at);
`;

const admins = /* sql */ `
insert into role_permissions (org_id, role_id, permission)
select r.org_id, r.id, 'providers:*' from roles r where r.is_system_role and r.name = 'admin'
on conflict do nothing;
`;

const retention = /* sql */ `
create function purge_provider_attempts(p_keep_days integer, p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(p_keep_days, 1, p_batch);
  with due as materialized (
    select a.org_id, a.id from organizations o cross join lateral (
      select p.org_id, p.id from provider_attempts p
       where p.org_id = o.id and p.created_at < now() - make_interval(days => p_keep_days)
       limit p_batch for update skip locked) a
     limit p_batch)
  delete from provider_attempts p using due where p.org_id = due.org_id and p.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;

/* A little later than they end: until then it can be said of whoever comes too late that they have. */
create function purge_provider_sign_ins(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select s.org_id, s.id from organizations o cross join lateral (
      select p.org_id, p.id from provider_sign_ins p
       where p.org_id = o.id and p.expires_at < now() - interval '6 hours'
       limit p_batch for update skip locked) s
     limit p_batch)
  delete from provider_sign_ins p using due where p.org_id = due.org_id and p.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;
`;

const seals = /* sql */ `
/*
 * Organizations with client secrets that are not sealed under the current key ("p_seal", the bytes that such a value begins
 * with). In the order of their ids, behind "p_after".
 */
create function organizations_with_old_provider_seals(p_seal bytea, p_after uuid, p_limit integer)
returns setof uuid language plpgsql stable security definer set search_path = tenantry, pg_temp rows 100 as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work looks for old seals' using errcode = '42501';
  end if;
  return query
  select distinct p.org_id as id from oauth_providers p
   where (p_after is null or p.org_id > p_after)
     and substring(p.client_secret from 1 for octet_length(p_seal)) <> p_seal
   order by id limit p_limit;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'oauth_providers', 'select, insert, update, delete'),
  ('table', 'provider_role_mappings', 'select, insert, update, delete'),
  ('table', 'provider_attempts', 'select, insert, update, delete'),
  ('table', 'provider_sign_ins', 'select, insert, update, delete'),
  ('function', 'organizations_with_old_provider_seals(bytea, uuid, integer)', 'execute'),
  ('function', 'purge_provider_attempts(integer, integer)', 'execute'),
  ('function', 'purge_provider_sign_ins(integer)', 'execute');
`;
