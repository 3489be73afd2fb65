import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organizations, users, access control, sessions, API keys, audit: the main job. */
export class Foundation1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(functions);
    await runner.query(organizations);
    await runner.query(users);
    await runner.query(accessControl);
    await runner.query(sessions);
    await runner.query(records);
    await runner.query(triggers);
    await runner.query(secretLookups);
    await runner.query(userSearch);
    await runner.query(policyReading);
    await runner.query(erasure);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back from the first migration: drop the schema instead');
  }
}

const functions = /* sql */ `
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

/* The organization that the transaction is in, or null. */
create function current_org_id() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.org_id', true), '')::uuid;

create function is_platform_work() returns boolean language sql stable parallel safe
  return coalesce(current_setting('app.platform', true), '') = 'on';

/* RFC 9562, section 5.7. PostgreSQL has its own from 18 on. */
create function new_id() returns uuid language sql volatile parallel safe
  return encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid;

/* Keeps updated_at and version true whoever writes. A sign-in is no change of the user. */
create function touch_row() returns trigger language plpgsql as $$
declare
  unchanging constant text[] := array['version', 'updated_at', 'updated_by', 'last_login_at', 'search_text', 'sessions_revoked_at'];
begin
  if to_jsonb(new) - unchanging is distinct from to_jsonb(old) - unchanging then
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  return new;
end $$;
`;

const organizations = /* sql */ `
create table organizations (
  id uuid primary key default new_id(),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (length(name) between 1 and 200),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 32768),
  status text not null default 'active' check (status in ('active', 'suspended')),
  is_platform boolean not null default false,
  /* Sessions from before this moment are dead: one write ends them all. */
  sessions_revoked_at timestamptz not null default '-infinity',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  check (not is_platform or status = 'active')
);
create unique index organizations_one_platform on organizations (is_platform) where is_platform;
create index organizations_by_creation on organizations (created_at, id);

create table policies (
  org_id uuid not null references organizations (id) on delete cascade,
  kind text not null,
  document jsonb not null check (jsonb_typeof(document) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid,
  primary key (org_id, kind)
);
`;

const users = /* sql */ `
create table users (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  email text check (email = lower(email) and length(email) <= 254 and email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  username text check (username ~ '^[a-z0-9._-]{1,64}$'),
  phone_number text check (phone_number ~ '^[+][1-9][0-9]{3,14}$'),
  password_hash text,
  password_changed_at timestamptz,
  status text not null default 'initializing'
    check (status in ('initializing', 'active', 'locked', 'deactivated')),
  email_verified_at timestamptz,
  full_name text check (length(full_name) between 1 and 200),
  /* 16 KiB as sent; this text has a space behind each colon and comma. */
  metadata jsonb not null default '{}'
    check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 32768),
  last_login_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  search_text text generated always as
    (lower(' ' || coalesce(email, '') || ' ' || coalesce(username, '') || ' ' || coalesce(full_name, ''))) stored,
  primary key (org_id, id),
  constraint users_email_taken unique (org_id, email),
  constraint users_username_taken unique (org_id, username),
  constraint users_phone_number_taken unique (org_id, phone_number),
  check (email is not null or username is not null)
);
create index users_by_creation on users (org_id, created_at, id);
create index users_by_status on users (org_id, status, created_at, id);
create index users_by_email on users (org_id, (coalesce(email, '')), id);
create index users_by_username on users (org_id, (coalesce(username, '')), id);
create index users_by_full_name on users (org_id, (lower(coalesce(full_name, ''))), id);
create index users_by_last_login on users (org_id, (coalesce(last_login_at, '-infinity'::timestamptz)), id);
create index users_by_search_text on users using gin (org_id, search_text gin_trgm_ops);
`;

const accessControl = /* sql */ `
create table roles (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  description text check (length(description) <= 500),
  is_system_role boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint roles_name_taken unique (org_id, name)
);

/* The organization's own permissions; those of the product are part of the release. */
create table permissions (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  resource text not null check (resource ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  action text not null check (action ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  name text not null generated always as (resource || ':' || action) stored,
  description text check (length(description) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, id),
  constraint permissions_taken unique (org_id, resource, action)
);

/* permission_id is set for the organization's own permissions, so that these leave their roles when they are deleted. */
create table role_permissions (
  org_id uuid not null,
  role_id uuid not null,
  permission text not null,
  permission_id uuid,
  created_at timestamptz not null default now(),
  primary key (org_id, role_id, permission),
  foreign key (org_id, role_id) references roles (org_id, id) on delete cascade,
  foreign key (org_id, permission_id) references permissions (org_id, id) on delete cascade
);
create index role_permissions_by_permission on role_permissions (org_id, permission_id);

create table user_roles (
  org_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, user_id, role_id),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  foreign key (org_id, role_id) references roles (org_id, id) on delete cascade
);
create index user_roles_by_role on user_roles (org_id, role_id, user_id);

create table teams (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (length(name) between 1 and 100),
  description text check (length(description) <= 500),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint teams_name_taken unique (org_id, name)
);

create table team_members (
  org_id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, team_id, user_id),
  foreign key (org_id, team_id) references teams (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index team_members_by_user on team_members (org_id, user_id, team_id);

create table team_roles (
  org_id uuid not null,
  team_id uuid not null,
  role_id uuid not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, team_id, role_id),
  foreign key (org_id, team_id) references teams (org_id, id) on delete cascade,
  foreign key (org_id, role_id) references roles (org_id, id) on delete cascade
);
create index team_roles_by_role on team_roles (org_id, role_id);

/* Every role that reaches a user now, and the way it takes. Row-level security is that of the caller. */
create view user_grants with (security_invoker = true) as
  select g.org_id, g.user_id, g.role_id, null::uuid as team_id, g.expires_at
    from user_roles g
   where g.expires_at is null or g.expires_at > now()
  union all
  select m.org_id, m.user_id, g.role_id, g.team_id, g.expires_at
    from team_members m
    join team_roles g on g.org_id = m.org_id and g.team_id = m.team_id
   where g.expires_at is null or g.expires_at > now();
`;

const sessions = /* sql */ `
create table sessions (
  org_id uuid not null,
  id uuid not null default new_id(),
  user_id uuid not null,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  ip inet,
  user_agent text check (length(user_agent) <= 500),
  amr text[] not null,
  auth_time timestamptz not null default now(),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  idle_lifetime_seconds integer not null check (idle_lifetime_seconds > 0),
  idle_expires_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (org_id, id),
  constraint sessions_token_taken unique (org_id, token_hash),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index sessions_by_user on sessions (org_id, user_id, created_at desc) where revoked_at is null;

create table api_keys (
  org_id uuid not null,
  id uuid not null default new_id(),
  user_id uuid not null,
  /* The key that made this one, which dies with it: else a stolen key would outlive its deletion. */
  parent_id uuid,
  name text not null check (length(name) between 1 and 100),
  prefix text not null,
  key_hash bytea not null check (octet_length(key_hash) = 32),
  permissions text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, id),
  constraint api_keys_hash_taken unique (org_id, key_hash),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  foreign key (org_id, parent_id) references api_keys (org_id, id) on delete cascade
);
create index api_keys_by_user on api_keys (org_id, user_id);
create index api_keys_by_parent on api_keys (org_id, parent_id);
create index api_keys_by_creation on api_keys (org_id, created_at, id);

create table verification_tokens (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  user_id uuid,
  type text not null,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, id),
  constraint verification_tokens_hash_taken unique (org_id, type, token_hash),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index verification_tokens_by_user on verification_tokens (org_id, user_id, type);

/* Devices that signed in before: guessing from elsewhere must not slow their owner down. */
create table known_devices (
  org_id uuid not null,
  user_id uuid not null,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  primary key (org_id, user_id, token_hash),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
`;

const records = /* sql */ `
/* Attempts that are counted before they are judged: one conditional upsert an attempt. */
create table attempt_counters (
  org_id uuid not null references organizations (id) on delete cascade,
  kind text not null,
  key_hash bytea not null check (octet_length(key_hash) = 32),
  attempts integer not null,
  blocked_until timestamptz,
  window_ends_at timestamptz not null,
  primary key (org_id, kind, key_hash)
);
create index attempt_counters_by_end on attempt_counters (org_id, window_ends_at);

create table idempotency_keys (
  org_id uuid not null references organizations (id) on delete cascade,
  actor_id uuid not null,
  key_hash bytea not null check (octet_length(key_hash) = 32),
  request_hash bytea not null,
  sealed_response bytea,
  created_at timestamptz not null default now(),
  primary key (org_id, actor_id, key_hash)
);
create index idempotency_keys_by_age on idempotency_keys (org_id, created_at);

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
  primary key (org_id, id)
);
create index audit_events_by_time on audit_events (org_id, created_at, id);
create index audit_events_by_actor on audit_events (org_id, actor_id, created_at, id);
create index audit_events_by_target on audit_events (org_id, target_id, created_at, id);
create index audit_events_by_action on audit_events (org_id, action, created_at, id);
`;

const triggers = /* sql */ `
create trigger touch before update on organizations for each row execute function touch_row();
create trigger touch before update on users for each row execute function touch_row();
create trigger touch before update on roles for each row execute function touch_row();
create trigger touch before update on teams for each row execute function touch_row();
`;

const privileges = /* sql */ `
/*
 * Row-level security of every table, and the privileges of the role that serves requests: the one place that grants.
 * Runs after every migration, so that a new table is closed unless somebody opens it here, and a restored or renamed
 * database gets its role back.
 */
create function apply_privileges(server_role name) returns void language plpgsql set search_path = tenantry, pg_temp as $$
declare
  owner_name name := (select nspowner::regrole::name from pg_namespace where nspname = 'tenantry');
  owner_id oid := (select nspowner from pg_namespace where nspname = 'tenantry');
  tenant_table record;
begin
  for tenant_table in
    select c.oid, c.relname, c.relrowsecurity and c.relforcerowsecurity as is_forced,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped) as has_org_id
      from pg_class c
     where c.relnamespace = 'tenantry'::regnamespace and c.relkind in ('r', 'p')
       and c.relname <> 'migrations'
  loop
    if not tenant_table.is_forced then
      execute format('alter table %I enable row level security, force row level security', tenant_table.relname);
    end if;
    if tenant_table.has_org_id
       and not exists (select from pg_policy where polrelid = tenant_table.oid and polname = 'organization') then
      execute format('create policy organization on %I using (org_id = (select current_org_id())) with check (org_id = (select current_org_id()))',
                     tenant_table.relname);
    end if;
    -- Functions that run as the owner find rows by the hash of a secret; nothing else runs as the owner.
    if not exists (select from pg_policy where polrelid = tenant_table.oid and polname = 'owner' and polroles = array[owner_id]) then
      execute format('drop policy if exists owner on %I', tenant_table.relname);
      execute format('create policy owner on %I to %I using (true) with check (true)', tenant_table.relname, owner_name);
    end if;
  end loop;

  if not exists (select from pg_policy where polrelid = 'organizations'::regclass and polname = 'organization') then
    create policy organization on organizations
      using (id = (select current_org_id()) or (select is_platform_work()))
      with check (id = (select current_org_id()) or (select is_platform_work()));
  end if;

  execute format('revoke all on all tables in schema tenantry from %I', server_role);
  execute format('revoke all on all functions in schema tenantry from public, %I', server_role);
  execute format('grant usage on schema tenantry to %I', server_role);
  -- Organizations go by erase_organization alone: whatever belongs to one goes with its row, the audit events too.
  execute format('grant select, insert, update on organizations to %I', server_role);
  execute format('grant select, insert, update, delete on policies, users, roles, permissions, role_permissions, user_roles, teams, team_members, team_roles, sessions, api_keys, verification_tokens, known_devices, attempt_counters, idempotency_keys to %I', server_role);
  execute format('grant select on user_grants to %I', server_role);
  -- What happened cannot be changed by whoever breaks into the server.
  execute format('grant select, insert on audit_events to %I', server_role);
  execute format('grant execute on function current_org_id(), is_platform_work(), new_id(), find_principals(text[], uuid[], bytea[], uuid[]), record_use(text[], uuid[], bytea[]), grants_of(uuid, uuid), iso_time(timestamptz), erase_organization(uuid, integer), read_policies(text), search_users(text, boolean, text, uuid, text, text, text, integer) to %I', server_role);
end $$;
`;

const secretLookups = /* sql */ `
/* Stable, as to_char is: as immutable PostgreSQL would not inline it, and each call would cost a function call. */
create function iso_time(moment timestamptz) returns text language sql stable parallel safe
  return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

/* What reaches a user now, through whatever way. Each role counts once, however many teams bring it. */
create function granted(wanted_org uuid, wanted_user uuid)
returns table (role_names text[], permission_names text[]) language sql stable rows 1 as $$
  select coalesce(array_agg(distinct r.name), '{}'),
         coalesce(array_agg(distinct p.permission) filter (where p.permission is not null), '{}')
    from roles r
    left join role_permissions p on p.org_id = r.org_id and p.role_id = r.id
   where r.org_id = wanted_org
     and r.id in (select g.role_id from user_grants g where g.org_id = wanted_org and g.user_id = wanted_user)
$$;

/* The same by role, with the ways that each takes. */
create function grants_of(wanted_org uuid, wanted_user uuid) returns json language sql stable as $$
  select coalesce(json_agg(json_build_object(
           'role', r.name, 'ways', w.ways,
           'permissions', (select coalesce(json_agg(p.permission), '[]') from role_permissions p
                            where p.org_id = r.org_id and p.role_id = r.id))
           order by r.name), '[]')
    from (select g.role_id,
                 json_agg(json_build_object(
                   'team', t.name, 'expiresAt', case when g.expires_at is not null then iso_time(g.expires_at) end)
                   order by t.name nulls first) as ways
            from users u
            join user_grants g on g.org_id = u.org_id and g.user_id = u.id
            left join teams t on t.org_id = g.org_id and t.id = g.team_id
           where u.org_id = wanted_org and u.id = wanted_user and u.status = 'active'
           group by g.role_id) w
    join roles r on r.org_id = wanted_org and r.id = w.role_id
$$;

/*
 * Who holds these secrets? The only door past row-level security for a principal: it opens by (organization, kind,
 * hash of the secret), for any number of secrets in one statement. A row comes back only for what is valid now.
 *
 * "answer" is the body of the validation endpoint. "subject_ids" asks for grants as well: of the session's own user for
 * any id, and with an API key of that user in the key's organization.
 */
create function find_principals(kinds text[], org_ids uuid[], secret_hashes bytea[], subject_ids uuid[])
returns table (
  ordinal integer, id uuid, org_id uuid, org_slug text, is_platform boolean, user_id uuid,
  auth_time_ms double precision, role_names text[], permission_names text[], key_permissions text[],
  needs_touch boolean, answer text, grants json
)
language plpgsql stable security definer set search_path = tenantry, pg_temp rows 20 as $$
begin
  return query
  select w.ordinal::integer, s.id, s.org_id, o.slug, o.is_platform, u.id,
         extract(epoch from s.auth_time)::double precision * 1000, g.role_names, g.permission_names, null::text[],
         s.last_used_at < now() - least(interval '1 minute', make_interval(secs => s.idle_lifetime_seconds / 10.0)),
         json_build_object(
           'active', true,
           'session', json_build_object(
             'id', s.id, 'expiresAt', iso_time(least(s.expires_at, s.idle_expires_at)),
             'authenticatedAt', iso_time(s.auth_time), 'methods', s.amr),
           'user', json_build_object(
             'id', u.id, 'email', u.email, 'emailVerified', u.email_verified_at is not null,
             'username', u.username, 'fullName', u.full_name),
           'organization', json_build_object('id', o.id, 'slug', o.slug),
           'roles', g.role_names, 'permissions', g.permission_names)::text,
         case when w.subject_id is not null then grants_of(s.org_id, s.user_id) end
    from unnest(kinds, org_ids, secret_hashes, subject_ids) with ordinality
           as w (kind, wanted_org, secret_hash, subject_id, ordinal)
    join sessions s on w.kind = 'session' and s.org_id = w.wanted_org and s.token_hash = w.secret_hash
    join users u on u.org_id = s.org_id and u.id = s.user_id
    join organizations o on o.id = s.org_id
   cross join lateral granted(s.org_id, s.user_id) g
   where s.revoked_at is null and s.expires_at > now() and s.idle_expires_at > now()
     and s.created_at > o.sessions_revoked_at and u.status = 'active' and o.status = 'active'
  union all
  select w.ordinal::integer, k.id, k.org_id, o.slug, o.is_platform, u.id,
         null, g.role_names, g.permission_names, k.permissions,
         coalesce(k.last_used_at < now() - interval '1 minute', true), null,
         case when w.subject_id is not null then grants_of(k.org_id, w.subject_id) end
    from unnest(kinds, org_ids, secret_hashes, subject_ids) with ordinality
           as w (kind, wanted_org, secret_hash, subject_id, ordinal)
    join api_keys k on w.kind = 'api-key' and k.org_id = w.wanted_org and k.key_hash = w.secret_hash
    join users u on u.org_id = k.org_id and u.id = k.user_id
    join organizations o on o.id = k.org_id
   cross join lateral granted(k.org_id, k.user_id) g
   where (k.expires_at is null or k.expires_at > now()) and u.status = 'active' and o.status = 'active';
  -- Tokens that say whose they are, and whose signature has been verified. Most statements have none.
  if kinds && array['access-token', 'application'] then
    return query select * from find_token_holders(kinds, org_ids, secret_hashes, subject_ids);
  end if;
end $$;

/*
 * Notes that these secrets were used, which is what keeps an idle session alive. What somebody else has locked is being
 * ended or noted there: waiting for it could be waiting in a circle.
 */
create function record_use(kinds text[], org_ids uuid[], secret_hashes bytea[]) returns void
language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  with used as (
    select s.org_id, s.id
      from unnest(kinds, org_ids, secret_hashes) as w (kind, wanted_org, secret_hash)
      join sessions s on w.kind = 'session' and s.org_id = w.wanted_org and s.token_hash = w.secret_hash
     where s.revoked_at is null and s.idle_expires_at > now()
       for no key update of s skip locked)
  update sessions s
     set last_used_at = now(), idle_expires_at = now() + make_interval(secs => s.idle_lifetime_seconds)
    from used where s.org_id = used.org_id and s.id = used.id;
  with used as (
    select k.org_id, k.id
      from unnest(kinds, org_ids, secret_hashes) as w (kind, wanted_org, secret_hash)
      join api_keys k on w.kind = 'api-key' and k.org_id = w.wanted_org and k.key_hash = w.secret_hash
       for no key update of k skip locked)
  update api_keys k
     set last_used_at = now()
    from used where k.org_id = used.org_id and k.id = used.id;
end $$;
`;

const policyReading = /* sql */ `
/* The documents that apply to the transaction's organization: its own and the platform's, which everybody lives under. */
create function read_policies(wanted text) returns table (own jsonb, platform jsonb, is_platform boolean)
language sql stable security definer set search_path = tenantry, pg_temp rows 1 as $$
  select coalesce((select p.document from policies p where p.org_id = o.id and p.kind = wanted), '{}'),
         coalesce((select p.document from policies p join organizations po on po.id = p.org_id and po.is_platform
                    where p.kind = wanted), '{}'),
         o.is_platform
    from organizations o where o.id = current_org_id()
$$;
`;

const erasure = /* sql */ `
/*
 * Removes up to "batch" rows of a suspended organization and tells whether any are left. In batches, since one cascade
 * over millions of rows would hold its locks for minutes; as the owner, since nobody else may delete audit events.
 */
create function erase_organization(erased uuid, batch integer) returns boolean
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  removed integer;
begin
  if not is_platform_work() then
    raise exception 'only platform work erases organizations' using errcode = '42501';
  end if;
  perform from organizations where id = erased and status = 'suspended' for update;
  if not found then return false; end if;
  delete from audit_events where (org_id, id) in (select org_id, id from audit_events where org_id = erased limit batch);
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

const userSearch = /* sql */ `
/*
 * Ids of one page of the transaction's organization. It runs as the owner because the operators of text search are not
 * leakproof: under row-level security no index could serve them. Callers read the rows themselves, under their own policy.
 *
 * A search takes one of two ways. What is common is met soon along the order of the page, so that way is walked first,
 * over 1,000 users, or 8,000 where some were met. What is not met there is rare enough to be gathered by its own index and
 * then sorted. The planner cannot choose: it takes what is rare for common, and matches for evenly spread. For the same reason it must not
 * read the whole table, which it would for three letters that nobody has.
 */
create function search_users(
  sort text, descending boolean, after_value text, after_id uuid,
  contains text, wanted_status text, wanted_role text, page_size integer)
returns table (user_id uuid, sort_value text)
language plpgsql stable security definer rows 50 set search_path = tenantry, public, pg_temp set enable_seqscan = off as $$
declare
  sort_key constant text := case sort
    when 'createdAt' then 'u.created_at'
    when 'lastLoginAt' then 'coalesce(u.last_login_at, ''-infinity''::timestamptz)'
    when 'email' then 'coalesce(u.email, '''')'
    when 'username' then 'coalesce(u.username, '''')'
    when 'fullName' then 'lower(coalesce(u.full_name, ''''))'
  end;
  sort_type constant text := case when sort in ('createdAt', 'lastLoginAt') then 'timestamptz' else 'text' end;
  direction constant text := case when descending then 'desc' else 'asc' end;
  ordering constant text := format(' order by %s %s, u.id %s', sort_key, direction, direction);
  place constant text := case when after_id is null then '' else
    format(' and (%s, u.id) %s ($5::%s, $6)', sort_key, case when descending then '<' else '>' end, sort_type) end;

  literal constant text := replace(replace(replace(lower(contains), '\\', '\\\\'), '%', '\\%'), '_', '\\_');
  /* Without three letters in a row, or two at an edge of a word, the index knows nothing: then the text begins a word. */
  has_trigram constant boolean :=
    contains ~ '[[:alnum:]]{3}|[^[:alnum:]][[:alnum:]]|[[:alnum:]]{2}[^[:alnum:]]';
  pattern constant text := case when has_trigram then '%' else '% ' end || literal || '%';
  role_id constant uuid := (select r.id from roles r where r.org_id = current_org_id() and r.name = wanted_role);
  conditions constant text :=
    case when wanted_status is null then '' else ' and u.status = $3' end
    || case when contains is null then '' else ' and u.search_text like $2' end;
  /* "offset 0" keeps it a question a user; without, the planner may read every grant of the role first. */
  in_role constant text := case when wanted_role is null then '' else
    ' and exists (select from user_roles g where g.org_id = $1 and g.user_id = u.id and g.role_id = $4'
    || ' and (g.expires_at is null or g.expires_at > now())%s)' end;

  /* Looks at the first so many users in the order of the list. */
  along_the_order constant text := format(
      'from (select u.* from users u where u.org_id = $1%s%s limit $8) u where true%s', place, ordering, conditions)
    || format(in_role, ' offset 0');
  by_own_index constant text :=
    format('from (select * from users u where u.org_id = $1%s%s offset 0) u where true%s', conditions, format(in_role, ''), place);
  source text := format('from users u where u.org_id = $1%s%s', conditions, place);
  reach integer;
  met_ids uuid[];
  met_values text[];
begin
  if sort_key is null then raise exception 'unknown sort key' using errcode = '22023'; end if;
  if contains !~ '[[:alnum:]]' or (wanted_role is not null and role_id is null) then return; end if;
  if contains is not null or wanted_role is not null then
    source := by_own_index;
    foreach reach in array array[1000, 8000] loop
      execute format('select array_agg(met.id), array_agg(met.value) from (select u.id, (%s)::text as value %s%s limit $7) met',
                     sort_key, along_the_order, ordering)
         into met_ids, met_values
        using current_org_id(), pattern, wanted_status, role_id, after_value, after_id, page_size, reach;
      if cardinality(met_ids) = page_size then
        return query select * from unnest(met_ids, met_values);
        return;
      end if;
      -- Too few to be met eight times as far either.
      exit when coalesce(cardinality(met_ids), 0) * 8 < page_size;
    end loop;
  end if;
  return query execute format('select u.id, (%s)::text %s%s limit $7', sort_key, source, ordering)
    using current_org_id(), pattern, wanted_status, role_id, after_value, after_id, page_size;
end $$;
`;
