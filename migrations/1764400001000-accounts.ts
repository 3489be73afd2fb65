import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose upstream account is whose here, and the mail domains that an organization has shown to be its own. */
export class Accounts1764400001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(accounts);
    await runner.query(mappedRoles);
    await runner.query(reclaiming);
    await runner.query(emailDomains);
    await runner.query(dueWork);
    await runner.query(admins);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error(
      'There is no way back from this migration: people sign in with the accounts that it keeps',
    );
  }
}

const accounts = /* sql */ `
/*
 * Somebody's account at a provider, linked with a user. The provider's word for who it is are issuer and subject together;
 * an address is none, since addresses change hands.
 */
create table oauth_accounts (
  org_id uuid not null,
  id uuid not null default new_id(),
  provider_id uuid not null,
  issuer text not null check (length(issuer) between 1 and 2000),
  subject text not null check (length(subject) between 1 and 500),
  user_id uuid not null,
  /* How it came to be linked: by a new user, by a signed-in one, by an address that both sides vouch for, or by taking over
     an account that nobody had shown to be theirs. */
  linked_through text not null check (linked_through in ('new-user', 'session', 'address', 'reclaim')),
  /* What the provider said of the person last; nothing is decided by it. */
  profile jsonb not null default '{}' check (jsonb_typeof(profile) = 'object' and octet_length(profile::text) <= 16384),
  /* Sealed under ENCRYPTION_KEYS and bound to this row. */
  access_token bytea check (octet_length(access_token) <= 32768),
  refresh_token bytea check (octet_length(refresh_token) <= 32768),
  token_scopes text[] not null default '{}' check (cardinality(token_scopes) <= 100),
  access_token_expires_at timestamptz,
  /* One server at a time asks the provider for another token. */
  renewal_until timestamptz,
  acr text check (length(acr) <= 500),
  amr text[] not null default '{}' check (cardinality(amr) <= 50),
  last_used_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  constraint oauth_accounts_taken unique (org_id, provider_id, issuer, subject),
  foreign key (org_id, provider_id) references oauth_providers (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index oauth_accounts_by_user on oauth_accounts (org_id, user_id, created_at, id);

/* Sessions that somebody has come to by an account, and what the provider said of how they proved themselves there. */
create table session_accounts (
  org_id uuid not null,
  session_id uuid not null,
  account_id uuid not null,
  acr text check (length(acr) <= 500),
  amr text[] not null default '{}' check (cardinality(amr) <= 50),
  created_at timestamptz not null default now(),
  primary key (org_id, session_id, account_id),
  foreign key (org_id, session_id) references sessions (org_id, id) on delete cascade,
  foreign key (org_id, account_id) references oauth_accounts (org_id, id) on delete cascade
);
create index session_accounts_by_account on session_accounts (org_id, account_id);
`;

const mappedRoles = /* sql */ `
/* Roles that a user has because of what a provider says; the mapping takes away what it gave, and nothing else. */
create table oauth_account_roles (
  org_id uuid not null,
  account_id uuid not null,
  role_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (org_id, account_id, role_id),
  foreign key (org_id, account_id) references oauth_accounts (org_id, id) on delete cascade,
  foreign key (org_id, user_id, role_id) references user_roles (org_id, user_id, role_id) on delete cascade
);
create index oauth_account_roles_by_grant on oauth_account_roles (org_id, user_id, role_id);

/*
 * With the account, or the provider, goes what it gave; except the last owner of the organization, who stays until somebody
 * decides about that.
 */
create function take_mapped_role() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  if exists (select from roles r where r.org_id = old.org_id and r.id = old.role_id and r.is_system_role and r.name = 'owner') then
    -- Changes of owners wait for each other.
    perform from organizations o where o.id = old.org_id for no key update;
    if not exists (select from user_roles g join users u on u.org_id = g.org_id and u.id = g.user_id
                    where g.org_id = old.org_id and g.role_id = old.role_id and g.user_id <> old.user_id
                      and g.expires_at is null and u.status = 'active') then
      return null;
    end if;
  end if;
  delete from user_roles g
   where g.org_id = old.org_id and g.user_id = old.user_id and g.role_id = old.role_id
     and not exists (select from oauth_account_roles o
                      where o.org_id = old.org_id and o.user_id = old.user_id and o.role_id = old.role_id);
  return null;
end $$;
create trigger take_role after delete on oauth_account_roles for each row execute function take_mapped_role();
`;

const reclaiming = /* sql */ `
/*
 * Somebody has shown that the address of an account is theirs, which nobody had before. Whoever made the account may have
 * waited for that: all ways in that they could have kept go first, and what they wrote about themselves, unless an
 * administrator made it. Of a verified account nothing goes, and the answer is null.
 */
create function reclaim_user(p_org uuid, p_user uuid) returns jsonb
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  person record;
  quiet_before constant text := coalesce(current_setting('app.quiet', true), '');
  session_before constant text := coalesce(current_setting('app.session_id', true), '');
  ended_sessions integer;
  ended_tokens integer;
  deleted_keys integer;
  deleted_accounts integer;
begin
  select u.password_hash is not null as had_password, u.created_by is null as is_self_made into person from users u
   where u.org_id = p_org and u.id = p_user and u.email_verified_at is null for no key update;
  if not found then return null; end if;
  perform set_config('app.session_id', '', true);
  -- There is nobody to tell: the mail would go to whoever does this.
  perform set_config('app.quiet', 'on', true);
  ended_sessions := end_sessions(p_org, p_user);
  ended_tokens := end_tokens(p_org, p_user);
  delete from api_keys k where k.org_id = p_org and k.user_id = p_user;
  get diagnostics deleted_keys = row_count;
  delete from oauth_accounts a where a.org_id = p_org and a.user_id = p_user;
  get diagnostics deleted_accounts = row_count;
  delete from known_devices d where d.org_id = p_org and d.user_id = p_user;
  update oidc_grants g set revoked_at = now() where g.org_id = p_org and g.user_id = p_user and g.revoked_at is null;
  update users u set password_hash = null, pending_email = null,
                     full_name = case when person.is_self_made then null else u.full_name end,
                     phone_number = case when person.is_self_made then null else u.phone_number end
   where u.org_id = p_org and u.id = p_user;
  if person.is_self_made then
    update user_profiles p set display_name = null, given_name = null, family_name = null, locale = null, time_zone = null,
                               picture_media_id = null, user_metadata = '{}'
     where p.org_id = p_org and p.user_id = p_user;
    delete from media m where m.org_id = p_org and m.user_id = p_user and m.kind = 'picture';
  end if;
  perform set_config('app.quiet', quiet_before, true);
  perform set_config('app.session_id', session_before, true);
  return jsonb_build_object('hadPassword', person.had_password, 'sessionsEnded', ended_sessions, 'linksEnded', ended_tokens,
                            'apiKeysDeleted', deleted_keys, 'accountsUnlinked', deleted_accounts);
end $$;

/* As before; and an upstream account of whoever made the user before its address was verified goes with the keys. */
create or replace function reset_password(p_org uuid, p_token text, p_password_hash text) returns uuid
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  token record;
  actor_before uuid;
  session_before constant text := coalesce(current_setting('app.session_id', true), '');
begin
  if p_password_hash is null then
    raise exception 'a password is set to a hash' using errcode = '22004';
  end if;
  select * into token from consume_token(p_org, 'password_reset', p_token);
  if not found then return null; end if;
  actor_before := act_as(token.user_id);
  perform set_config('app.session_id', '', true);
  -- Keys of whoever made the account with an address that they have never shown to be theirs.
  delete from api_keys k using users u
   where k.org_id = p_org and k.user_id = token.user_id and u.org_id = p_org and u.id = token.user_id
     and u.email_verified_at is null and u.email = token.payload->>'email';
  delete from oauth_accounts a using users u
   where a.org_id = p_org and a.user_id = token.user_id and u.org_id = p_org and u.id = token.user_id
     and u.email_verified_at is null and u.email = token.payload->>'email';
  update users u
     set password_hash = p_password_hash, updated_by = u.id, pending_email = null,
         -- Whoever opened the link reads the mail of this address.
         email_verified_at = case when u.email = token.payload->>'email' then coalesce(u.email_verified_at, now()) else u.email_verified_at end
   where u.org_id = p_org and u.id = token.user_id;
  perform end_tokens(p_org, token.user_id);
  perform set_config('app.session_id', session_before, true);
  perform act_as(actor_before);
  return token.user_id;
end $$;
`;

const emailDomains = /* sql */ `
/*
 * Mail domains that an organization says are its own, and shows by an entry in their DNS. Two organizations may both show
 * the same one: whoever runs the DNS lets both, and neither sees the other.
 */
create table email_domains (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  domain text not null check (domain = lower(domain) and length(domain) <= 253 and domain ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'),
  /* What the entry has to say. No secret: DNS is public. */
  challenge text not null check (challenge ~ '^[A-Za-z0-9_-]{43}$'),
  /* Where people with such an address sign in. */
  provider_id uuid,
  verified_at timestamptz,
  checked_at timestamptz,
  /* Since when a verified one has been without its entry. */
  missing_since timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint email_domains_taken unique (org_id, domain),
  foreign key (org_id, provider_id) references oauth_providers (org_id, id) on delete set null (provider_id),
  check (missing_since is null or verified_at is not null)
);
create index email_domains_by_provider on email_domains (org_id, provider_id) where provider_id is not null;

/* That it was looked at is no change of it. */
create function touch_email_domain() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  if (new.provider_id, new.verified_at, new.missing_since) is distinct from (old.provider_id, old.verified_at, old.missing_since) then
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  return new;
end $$;
create trigger touch before update on email_domains for each row execute function touch_email_domain();
`;

const dueWork = /* sql */ `
/*
 * Organizations with a domain that is to be looked at again: a verified one every day, one that waits for its entry every
 * hour for a week. In the order of their ids, behind "p_after".
 */
create function organizations_with_due_email_domains(p_after uuid, p_limit integer)
returns setof uuid language plpgsql stable security definer set search_path = tenantry, pg_temp rows 100 as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work looks for due domains' using errcode = '42501';
  end if;
  return query
  select distinct d.org_id as id
    from email_domains d join organizations o on o.id = d.org_id and o.status = 'active'
   where (p_after is null or d.org_id > p_after)
     and coalesce(d.checked_at, '-infinity') < now() - case when d.verified_at is null then interval '1 hour' else interval '1 day' end
     and (d.verified_at is not null or d.created_at > now() - interval '7 days')
   order by id limit p_limit;
end $$;

/* Organizations with upstream tokens that are not sealed under the current key ("p_seal", what such a value begins with). */
create function organizations_with_old_account_seals(p_seal bytea, p_after uuid, p_limit integer)
returns setof uuid language plpgsql stable security definer set search_path = tenantry, pg_temp rows 100 as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work looks for old seals' using errcode = '42501';
  end if;
  return query
  select distinct a.org_id as id from oauth_accounts a
   where (p_after is null or a.org_id > p_after)
     and (substring(a.access_token from 1 for octet_length(p_seal)) <> p_seal
          or substring(a.refresh_token from 1 for octet_length(p_seal)) <> p_seal)
   order by id limit p_limit;
end $$;

/* Fetches the picture that a provider named for a new user, once this transaction has committed. */
create function fetch_upstream_picture(p_org uuid, p_user uuid, p_url text) returns void
language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  if to_regclass('graphile_worker._private_jobs') is null or p_org is distinct from current_org_id() then return; end if;
  perform graphile_worker.add_job('fetch-upstream-picture',
    json_build_object('organizationId', p_org, 'userId', p_user, 'url', p_url),
    max_attempts => 3, job_key => 'upstream-picture:' || p_org || ':' || p_user);
end $$;
`;

const admins = /* sql */ `
insert into role_permissions (org_id, role_id, permission)
select r.org_id, r.id, p.permission from roles r, unnest(array['accounts:read', 'accounts:write', 'email-domains:*']) p (permission)
 where r.is_system_role and r.name = 'admin'
on conflict do nothing;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'oauth_accounts', 'select, insert, update, delete'),
  ('table', 'session_accounts', 'select, insert, update, delete'),
  ('table', 'oauth_account_roles', 'select, insert, update, delete'),
  ('table', 'email_domains', 'select, insert, update, delete'),
  ('function', 'reclaim_user(uuid, uuid)', 'execute'),
  ('function', 'organizations_with_due_email_domains(uuid, integer)', 'execute'),
  ('function', 'organizations_with_old_account_seals(bytea, uuid, integer)', 'execute'),
  ('function', 'fetch_upstream_picture(uuid, uuid, text)', 'execute');
`;
