import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the protocol engine stores: everything that is issued belongs to a grant and a session, and dies with them. */
export class Oidc1764300002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(revocation);
    await runner.query(issuerVersion);
    await runner.query(reading);
    await runner.query(people);
    await runner.query(writing);
    await runner.query(requests);
    await runner.query(retention);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error(
      'There is no way back from this migration: subjects that applications know were made with it',
    );
  }
}

const tables = /* sql */ `
/* What pairwise subjects are made with; sealed. Another one would make strangers of everybody. */
create table pairwise_salts (
  org_id uuid primary key references organizations (id) on delete cascade,
  salt bytea not null,
  created_at timestamptz not null default now()
);

/* What somebody has let an application do, whatever session they were in: nobody is asked twice for the same. */
create table oidc_consents (
  org_id uuid not null,
  user_id uuid not null,
  application_id uuid not null,
  /* { scopes: [], claims: [], resources: { identifier: [] } } */
  allowed jsonb not null check (jsonb_typeof(allowed) = 'object' and octet_length(allowed::text) <= 32768),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, user_id, application_id),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade
);
create index oidc_consents_by_application on oidc_consents (org_id, application_id);

/*
 * One application in one session: the family of everything that it got there. A grant that is revoked stays for a while,
 * so that what is issued at that moment is born dead instead of failing.
 */
create table oidc_grants (
  org_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  application_id uuid not null,
  session_id uuid not null,
  /* The one whose token this one was exchanged for, and with which it ends. */
  parent_id uuid,
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, parent_id) references oidc_grants (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade,
  foreign key (org_id, session_id) references sessions (org_id, id) on delete cascade
);
create index oidc_grants_by_user on oidc_grants (org_id, user_id, application_id);
create index oidc_grants_by_application on oidc_grants (org_id, application_id);
create index oidc_grants_by_parent on oidc_grants (org_id, parent_id) where parent_id is not null;
create index oidc_grants_by_session on oidc_grants (org_id, session_id);
/* An application that exchanges again and again has one of them. */
create unique index oidc_grants_exchanged_once on oidc_grants (org_id, parent_id, application_id, session_id)
  where parent_id is not null and revoked_at is null;

/* Which applications a session was used for, and under which id each of them knows it. */
create table oidc_session_applications (
  org_id uuid not null,
  session_id uuid not null,
  application_id uuid not null,
  sid text not null check (length(sid) between 1 and 64),
  grant_id uuid,
  created_at timestamptz not null default now(),
  primary key (org_id, session_id, application_id),
  foreign key (org_id, session_id) references sessions (org_id, id) on delete cascade,
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade,
  foreign key (org_id, grant_id) references oidc_grants (org_id, id) on delete set null (grant_id)
);
create unique index oidc_session_applications_sid_taken on oidc_session_applications (org_id, application_id, sid);
create index oidc_session_applications_by_grant on oidc_session_applications (org_id, grant_id);

/* Codes, tokens, interactions: whatever the engine must find again. Of their ids only hashes. */
create table oidc_artifacts (
  org_id uuid not null references organizations (id) on delete cascade,
  kind text not null check (kind ~ '^[A-Z][A-Za-z]{0,63}$'),
  id_hash bytea not null check (octet_length(id_hash) = 32),
  grant_id uuid,
  session_id uuid,
  user_id uuid,
  application_id uuid,
  /* Of the short code that people type for a device; keyed, since it can be guessed. */
  user_code_hash bytea check (octet_length(user_code_hash) = 32),
  /* Of the secret of the browser that began it. */
  browser_hash bytea check (octet_length(browser_hash) = 32),
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  consumed_at timestamptz,
  /* What a refresh token was exchanged for, readable with that token alone. */
  successor_sealed bytea,
  successor_hash bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (org_id, kind, id_hash),
  foreign key (org_id, grant_id) references oidc_grants (org_id, id) on delete cascade,
  foreign key (org_id, session_id) references sessions (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade
);
create unique index oidc_artifacts_user_code_taken on oidc_artifacts (org_id, user_code_hash) where user_code_hash is not null;
create index oidc_artifacts_by_grant on oidc_artifacts (org_id, grant_id);
create index oidc_artifacts_by_session on oidc_artifacts (org_id, session_id);
create index oidc_artifacts_by_user on oidc_artifacts (org_id, user_id);
create index oidc_artifacts_by_application on oidc_artifacts (org_id, application_id);
create index oidc_artifacts_by_end on oidc_artifacts (org_id, expires_at);
`;

const revocation = /* sql */ `
/* A new password ends what applications hold, also in the session that it was changed in. */
create function revoke_grants_of_user() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  update oidc_grants set revoked_at = now() where org_id = new.org_id and user_id = new.id and revoked_at is null;
  return null;
end $$;
create function revoke_exchanged_grants() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  update oidc_grants set revoked_at = now() where org_id = new.org_id and parent_id = new.id and revoked_at is null;
  return null;
end $$;
create trigger revoke_exchanged after update on oidc_grants for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function revoke_exchanged_grants();

/* What an application was given because it asked nobody, once it has to ask; what somebody has said yes to stays. */
create function revoke_grants_without_consent() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  update oidc_grants g set revoked_at = now()
   where g.org_id = new.org_id and g.application_id = new.id and g.parent_id is null and g.revoked_at is null
     and not exists (
       select from oidc_consents c
        where c.org_id = g.org_id and c.user_id = g.user_id and c.application_id = g.application_id
          and coalesce(c.allowed->'scopes', '[]') @> to_jsonb(string_to_array(coalesce(g.payload #>> '{openid,scope}', ''), ' '))
          and coalesce(c.allowed->'claims', '[]') @> coalesce(g.payload #> '{openid,claims}', '[]')
          and not exists (
            select from jsonb_each_text(coalesce(g.payload->'resources', '{}')) r
             where not coalesce(c.allowed->'resources'->r.key, '[]') @> to_jsonb(string_to_array(r.value, ' '))));
  return null;
end $$;
create trigger revoke_grants after update on applications for each row
  when (old.consent = 'none' and new.consent <> 'none') execute function revoke_grants_without_consent();

create trigger revoke_grants after update on users for each row
  when (old.password_changed_at is distinct from new.password_changed_at) execute function revoke_grants_of_user();
`;

const issuerVersion = /* sql */ `
/* An issuer announces its scopes and claims. */
create trigger raise_issuer_version after insert or update or delete on custom_scopes
  for each row execute function raise_issuer_version();
create trigger raise_issuer_version after insert or update or delete on custom_claims
  for each row execute function raise_issuer_version();

/* Another kind of signature needs a key of its own, which is made with the next version. */
create trigger raise_issuer_version_of_new after insert on applications
  for each row when (new.id_token_signing_alg <> 'ES256') execute function raise_issuer_version();
create trigger raise_issuer_version after update on applications
  for each row when (new.id_token_signing_alg <> old.id_token_signing_alg) execute function raise_issuer_version();
`;

const reading = /* sql */ `
/* The organization behind an issuer's address, and the version of what its issuer is made of. No row unless it is active. */
create function find_issuer(p_slug text)
returns table (id uuid, slug text, name text, is_platform boolean, issuer_version bigint)
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
begin
  perform set_config('app.platform', 'on', true);
  return query select o.id, o.slug, o.name, o.is_platform, o.issuer_version
                 from organizations o where o.slug = p_slug and o.status = 'active';
  perform set_config('app.platform', '', true);
end $$;

/*
 * Something that the engine stored, with its grant; no row for what does not hold any more. It belongs to a living session,
 * an active user, application and organization, and an unrevoked grant, or it does not exist. That a browser's session is
 * idle ends nothing: tokens have their own idle ends.
 *
 * A refresh token that was used within the grace of its application does not count as consumed.
 */
create function read_artifact(p_org uuid, p_kind text, p_id_hash bytea, p_user_code_hash bytea)
returns table (id_hash bytea, payload jsonb, is_consumed boolean, grant_payload jsonb, browser_hash bytea, amr text[], auth_time timestamptz, session_ends_at timestamptz)
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  wanted bytea := p_id_hash;
begin
  perform set_config('app.org_id', p_org::text, true);
  if wanted is null then
    select a.id_hash into wanted from oidc_artifacts a where a.org_id = p_org and a.user_code_hash = p_user_code_hash;
  end if;
  return query
  select a.id_hash, a.payload,
         a.consumed_at is not null
           and not (a.kind = 'RefreshToken' and a.successor_sealed is not null
                    and clock_timestamp() < a.consumed_at + make_interval(secs => c.refresh_grace_seconds)),
         g.payload, a.browser_hash, s.amr, s.auth_time, s.expires_at
    from oidc_artifacts a
    join organizations o on o.id = a.org_id
    left join oidc_grants g on g.org_id = a.org_id and g.id = a.grant_id
    left join sessions s on s.org_id = a.org_id and s.id = a.session_id
    left join users u on u.org_id = a.org_id and u.id = a.user_id
    left join applications c on c.org_id = a.org_id and c.id = a.application_id
   where a.org_id = p_org and a.kind = p_kind and a.id_hash = wanted
     and o.status = 'active'
     and (a.grant_id is null or g.revoked_at is null)
     and (a.session_id is null
          or (s.revoked_at is null and s.expires_at > now() and s.created_at > o.sessions_revoked_at
              and s.user_id is not distinct from a.user_id))
     and (a.user_id is null or u.status = 'active')
     and (a.application_id is null or c.status = 'active');
end $$;

create function read_grant(p_org uuid, p_grant uuid) returns table (payload jsonb)
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  return query
  select g.payload
    from oidc_grants g
    join organizations o on o.id = g.org_id
    join sessions s on s.org_id = g.org_id and s.id = g.session_id
    join users u on u.org_id = g.org_id and u.id = g.user_id
    join applications c on c.org_id = g.org_id and c.id = g.application_id
   where g.org_id = p_org and g.id = p_grant and g.revoked_at is null
     and o.status = 'active' and u.status = 'active' and c.status = 'active'
     and s.revoked_at is null and s.expires_at > now() and s.created_at > o.sessions_revoked_at;
end $$;

/*
 * The living session behind a browser's cookie (or of that id), and the applications that it was used for. Being sent here
 * by an application is a use.
 */
create function read_browser_session(p_org uuid, p_token_hash bytea, p_session uuid)
returns table (id uuid, user_id uuid, amr text[], auth_time timestamptz, ends_at timestamptz, applications jsonb)
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  wanted uuid := p_session;
  found_session sessions;
begin
  perform set_config('app.org_id', p_org::text, true);
  if p_token_hash is not null then
    select s.id into wanted from sessions s where s.org_id = p_org and s.token_hash = p_token_hash;
  end if;
  select s.* into found_session
    from sessions s
    join users u on u.org_id = s.org_id and u.id = s.user_id
    join organizations o on o.id = s.org_id
   where s.org_id = p_org and s.id = wanted
     and s.revoked_at is null and s.expires_at > now() and s.idle_expires_at > now()
     and s.created_at > o.sessions_revoked_at and u.status = 'active' and o.status = 'active';
  if not found then return; end if;
  if found_session.last_used_at < now() - least(interval '1 minute', make_interval(secs => found_session.idle_lifetime_seconds / 10.0)) then
    update sessions s
       set last_used_at = now(), idle_expires_at = now() + make_interval(secs => s.idle_lifetime_seconds)
     where s.org_id = p_org and s.id = (select b.id from sessions b where b.org_id = p_org and b.id = found_session.id
                                          and b.revoked_at is null for no key update skip locked);
  end if;
  return query
  select found_session.id, found_session.user_id, found_session.amr, found_session.auth_time,
         least(found_session.expires_at, found_session.idle_expires_at),
         coalesce((select jsonb_object_agg(x.application_id, jsonb_strip_nulls(jsonb_build_object('sid', x.sid, 'grantId', x.grant_id)))
                     from oidc_session_applications x where x.org_id = p_org and x.session_id = found_session.id), '{}');
end $$;
`;

const people = /* sql */ `
/* What applications can be told of a person. No row unless the user is active. */
create function read_person(p_org uuid, p_user uuid)
returns table (email text, is_email_verified boolean, username text, full_name text, phone_number text, updated_at timestamptz,
               display_name text, given_name text, family_name text, locale text, time_zone text, picture_media_id uuid,
               role_names text[], permission_names text[])
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  return query
  select u.email, u.email_verified_at is not null, u.username, u.full_name, u.phone_number,
         greatest(u.updated_at, p.updated_at),
         p.display_name, p.given_name, p.family_name, p.locale, p.time_zone, p.picture_media_id,
         g.role_names, g.permission_names
    from users u
    left join user_profiles p on p.org_id = u.org_id and p.user_id = u.id
   cross join lateral granted(u.org_id, u.id) g
   where u.org_id = p_org and u.id = p_user and u.status = 'active';
end $$;
`;

const writing = /* sql */ `
create function store_artifact(
  p_org uuid, p_kind text, p_id_hash bytea, p_payload jsonb, p_expires_at timestamptz,
  p_grant uuid, p_session uuid, p_user uuid, p_application uuid, p_user_code_hash bytea, p_browser_hash bytea)
returns void language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  insert into oidc_artifacts as a (org_id, kind, id_hash, payload, expires_at, grant_id, session_id, user_id, application_id,
                                   user_code_hash, browser_hash)
  values (p_org, p_kind, p_id_hash, p_payload, p_expires_at, p_grant, p_session, p_user, p_application,
          p_user_code_hash, p_browser_hash)
  on conflict (org_id, kind, id_hash) do update
     set payload = excluded.payload, expires_at = excluded.expires_at, grant_id = excluded.grant_id,
         session_id = excluded.session_id, user_id = excluded.user_id, application_id = excluded.application_id,
         browser_hash = coalesce(a.browser_hash, excluded.browser_hash)
   where a.consumed_at is null;
end $$;

/* Stores an id that may come once; false where it was there. */
create function store_once(p_org uuid, p_kind text, p_id_hash bytea, p_payload jsonb, p_expires_at timestamptz)
returns boolean language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  insert into oidc_artifacts (org_id, kind, id_hash, payload, expires_at)
  values (p_org, p_kind, p_id_hash, p_payload, p_expires_at) on conflict do nothing;
  return found;
end $$;

/* Once means once: whoever comes second ends everything that the first one got. */
create function consume_artifact(p_org uuid, p_kind text, p_id_hash bytea) returns boolean
language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  update oidc_artifacts set consumed_at = clock_timestamp()
   where org_id = p_org and kind = p_kind and id_hash = p_id_hash and consumed_at is null;
  if found then return true; end if;
  update oidc_grants g set revoked_at = now()
    from oidc_artifacts a
   where a.org_id = p_org and a.kind = p_kind and a.id_hash = p_id_hash
     and g.org_id = p_org and g.id = a.grant_id and g.revoked_at is null;
  return false;
end $$;

/*
 * Exchanges a refresh token for its successor, in one step. Within the grace of the application the same successor again,
 * as long as nobody used it. Else the whole family is dead.
 */
create function rotate_refresh_token(
  p_org uuid, p_id_hash bytea, p_successor_hash bytea, p_successor_sealed bytea, p_payload jsonb, p_expires_at timestamptz)
returns table (verdict text, sealed bytea) language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
declare
  used oidc_artifacts;
begin
  perform set_config('app.org_id', p_org::text, true);
  update oidc_artifacts set consumed_at = clock_timestamp(), successor_sealed = p_successor_sealed, successor_hash = p_successor_hash
   where org_id = p_org and kind = 'RefreshToken' and id_hash = p_id_hash and consumed_at is null
  returning * into used;
  if found then
    insert into oidc_artifacts (org_id, kind, id_hash, payload, expires_at, grant_id, session_id, user_id, application_id)
    values (p_org, 'RefreshToken', p_successor_hash, p_payload, p_expires_at,
            used.grant_id, used.session_id, used.user_id, used.application_id);
    return query select 'rotated', null::bytea;
    return;
  end if;
  select a.* into used from oidc_artifacts a
    join applications c on c.org_id = a.org_id and c.id = a.application_id
    join oidc_artifacts successor
      on successor.org_id = a.org_id and successor.kind = a.kind and successor.id_hash = a.successor_hash
   where a.org_id = p_org and a.kind = 'RefreshToken' and a.id_hash = p_id_hash
     and successor.consumed_at is null
     and clock_timestamp() < a.consumed_at + make_interval(secs => c.refresh_grace_seconds);
  if found then
    return query select 'repeated', used.successor_sealed;
    return;
  end if;
  update oidc_grants g set revoked_at = now()
    from oidc_artifacts a
   where a.org_id = p_org and a.kind = 'RefreshToken' and a.id_hash = p_id_hash
     and g.org_id = p_org and g.id = a.grant_id and g.revoked_at is null;
  return query select 'reused', null::bytea;
end $$;

create function remove_artifact(p_org uuid, p_kind text, p_id_hash bytea) returns void
language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  delete from oidc_artifacts where org_id = p_org and kind = p_kind and id_hash = p_id_hash;
end $$;

create function store_grant(p_org uuid, p_grant uuid, p_user uuid, p_application uuid, p_session uuid, p_payload jsonb)
returns void language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  insert into oidc_grants (org_id, id, user_id, application_id, session_id, payload)
  values (p_org, p_grant, p_user, p_application, p_session, p_payload)
  on conflict (org_id, id) do update set payload = excluded.payload, updated_at = now();
end $$;

/* The living grant of an exchange, or a new one of that id. */
create function find_or_store_exchanged_grant(
  p_org uuid, p_grant uuid, p_user uuid, p_application uuid, p_session uuid, p_parent uuid, p_payload jsonb)
returns uuid language plpgsql set search_path = tenantry, pg_temp as $$
declare
  found_grant uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  /* Again where the one that was in the way has been revoked since. */
  for try in 1 .. 3 loop
    select g.id into found_grant from oidc_grants g
     where g.org_id = p_org and g.parent_id = p_parent and g.application_id = p_application and g.session_id = p_session
       and g.revoked_at is null;
    exit when found;
    insert into oidc_grants (org_id, id, user_id, application_id, session_id, parent_id, payload)
    values (p_org, p_grant, p_user, p_application, p_session, p_parent, p_payload)
    on conflict do nothing returning id into found_grant;
    exit when found;
  end loop;
  return found_grant;
end $$;

create function revoke_grant(p_org uuid, p_grant uuid) returns void
language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  update oidc_grants set revoked_at = now() where org_id = p_org and id = p_grant and revoked_at is null;
end $$;

create function store_session_application(p_org uuid, p_session uuid, p_application uuid, p_sid text, p_grant uuid)
returns void language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  insert into oidc_session_applications (org_id, session_id, application_id, sid, grant_id)
  values (p_org, p_session, p_application, p_sid, p_grant)
  on conflict (org_id, session_id, application_id) do update set grant_id = excluded.grant_id;
end $$;

create function remove_session_application(p_org uuid, p_session uuid, p_application uuid) returns void
language plpgsql set search_path = tenantry, pg_temp as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  delete from oidc_session_applications where org_id = p_org and session_id = p_session and application_id = p_application;
end $$;
`;

const requests = /* sql */ `
/* An application as the protocol sees it, in the names that the server has for its columns. Null unless it is active. */
create function registered_application(p_org uuid, p_application uuid) returns json
language sql stable set search_path = tenantry, pg_temp as $$
  select row_to_json(found) from (
    select a.id, a.name, a.type, a.status, a.redirect_uris as "redirectUris",
           a.post_logout_redirect_uris as "postLogoutRedirectUris", a.allowed_origins as "allowedOrigins",
           a.grant_types as "grantTypes", a.token_endpoint_auth_method as "tokenEndpointAuthMethod",
           a.require_pkce as "requirePkce", a.require_par as "requirePar",
           a.dpop_bound_access_tokens as "dpopBoundAccessTokens", a.consent, a.client_uri as "clientUri",
           a.policy_uri as "policyUri", a.tos_uri as "tosUri", a.initiate_login_uri as "initiateLoginUri",
           a.backchannel_logout_uri as "backchannelLogoutUri",
           a.backchannel_logout_session_required as "backchannelLogoutSessionRequired",
           a.id_token_signing_alg as "idTokenSigningAlg", a.subject_type as "subjectType",
           a.sector_identifier as "sectorIdentifier", a.jwks, a.jwks_uri as "jwksUri",
           a.access_token_format as "accessTokenFormat", a.access_token_seconds as "accessTokenSeconds",
           a.id_token_seconds as "idTokenSeconds", a.refresh_idle_seconds as "refreshIdleSeconds",
           a.refresh_absolute_seconds as "refreshAbsoluteSeconds", a.refresh_grace_seconds as "refreshGraceSeconds",
           a.default_max_age as "defaultMaxAge", a.default_acr_values as "defaultAcrValues",
           a.allowed_scopes as "allowedScopes", a.registered_dynamically as "registeredDynamically", a.version,
           a.created_at as "createdAt", a.updated_at as "updatedAt",
           (select m.id from media m where m.org_id = a.org_id and m.application_id = a.id) as "logoMediaId"
      from applications a where a.org_id = p_org and a.id = p_application and a.status = 'active') found
$$;

/*
 * What protocol requests name, as it is now: the issuer, the application, whether a secret is a living one of its, what
 * the engine stored, and the browser's session. Requests of one turn of the event loop come together, of whatever
 * organizations: each is answered inside of its own. No row without an active organization.
 */
create function read_protocol_requests(
  p_slugs text[], p_applications uuid[], p_secret_hashes bytea[], p_kinds text[], p_id_hashes bytea[], p_session_hashes bytea[])
returns table (ordinal integer, answer json) language plpgsql set search_path = tenantry, pg_temp as $$
declare
  asked record;
  issuer record;
  application json;
  policies json;
  secret text;
  held json;
  artifact json;
  session record;
  session_answer json;
  allowed json;
begin
  for asked in
    select * from unnest(p_slugs, p_applications, p_secret_hashes, p_kinds, p_id_hashes, p_session_hashes)
      with ordinality as a (slug, application_id, secret_hash, kind, id_hash, session_hash, place)
  loop
    select * into issuer from find_issuer(asked.slug);
    continue when not found;
    perform set_config('app.org_id', issuer.id::text, true);
    application := null; policies := null; secret := null; held := null;
    artifact := null; session_answer := null; allowed := null;
    if asked.application_id is not null then
      application := registered_application(issuer.id, asked.application_id);
    end if;
    if application is not null then
      select json_build_object('own', p.own, 'platform', p.platform, 'isPlatform', p.is_platform) into policies
        from read_policies('tokens') p;
      if asked.secret_hash is not null then
        select case when s.last_used_at is null or s.last_used_at < now() - interval '1 minute' then 'due' else 'right' end
          into secret from application_secrets s
         where s.org_id = issuer.id and s.application_id = asked.application_id and s.secret_hash = asked.secret_hash
           and (s.expires_at is null or s.expires_at > now());
      end if;
      if asked.kind = 'ClientCredentials' and asked.id_hash is null then
        select json_build_object('roles', h.role_names, 'permissions', h.permission_names) into held
          from held_by_application(issuer.id, asked.application_id) h;
      end if;
    end if;
    if asked.id_hash is not null then
      select json_build_object('payload', a.payload, 'is_consumed', a.is_consumed, 'grant_payload', a.grant_payload,
                               'amr', a.amr, 'auth_time', a.auth_time, 'session_ends_at', a.session_ends_at)
        into artifact from read_artifact(issuer.id, asked.kind, asked.id_hash, null) a;
    end if;
    if asked.session_hash is not null then
      select * into session from read_browser_session(issuer.id, asked.session_hash, null);
      if found then
        session_answer := row_to_json(session);
        select json_build_object('id', x.grant_id, 'payload', g.payload) into allowed
          from oidc_session_applications x cross join lateral read_grant(issuer.id, x.grant_id) g
         where x.org_id = issuer.id and x.session_id = session.id and x.application_id = asked.application_id;
      end if;
    end if;
    ordinal := asked.place;
    answer := json_build_object(
      'issuer', json_build_object('id', issuer.id, 'slug', issuer.slug, 'name', issuer.name,
                                  'isPlatform', issuer.is_platform, 'version', issuer.issuer_version::text),
      'application', application, 'policies', policies, 'secret', secret, 'held', held, 'artifact', artifact,
      'session', session_answer, 'grant', allowed);
    return next;
  end loop;
end $$;

/*
 * What protocol requests write: of each, all its steps or, once something is used that was used before, none of the later
 * ones. The verdict is done, repeated (with the successor that there was) or reused.
 */
create function write_protocol_requests(p_requests jsonb) returns table (ordinal integer, verdict text, sealed text)
language plpgsql set search_path = tenantry, pg_temp as $$
declare
  request record;
  step jsonb;
  org uuid;
  rotation record;
begin
  for request in select r.value, r.ordinality from jsonb_array_elements(p_requests) with ordinality r loop
    org := (request.value->>'organization')::uuid;
    perform set_config('app.org_id', org::text, true);
    ordinal := request.ordinality;
    verdict := 'done';
    sealed := null;
    for step in select s.value from jsonb_array_elements(request.value->'steps') s loop
      case step->>'do'
        when 'store' then
          perform store_artifact(org, step->>'kind', decode(step->>'idHash', 'hex'), step->'payload',
            to_timestamp((step->>'expiresAt')::double precision), (step->>'grantId')::uuid, (step->>'sessionId')::uuid,
            (step->>'userId')::uuid, (step->>'applicationId')::uuid, decode(step->>'userCodeHash', 'hex'),
            decode(step->>'browserHash', 'hex'));
        when 'consume' then
          if not consume_artifact(org, step->>'kind', decode(step->>'idHash', 'hex')) then verdict := 'reused'; end if;
        when 'rotate' then
          select * into rotation from rotate_refresh_token(org, decode(step->>'idHash', 'hex'),
            decode(step->>'successorHash', 'hex'), decode(step->>'sealed', 'hex'), step->'payload',
            to_timestamp((step->>'expiresAt')::double precision));
          if rotation.verdict = 'reused' then verdict := 'reused';
          elsif rotation.verdict = 'repeated' then
            verdict := 'repeated';
            sealed := encode(rotation.sealed, 'hex');
          end if;
        when 'record' then
          insert into audit_events (org_id, outcome, actor_type, actor_id, action, target_type, target_id, change,
                                    ip, user_agent, request_id, application_id)
          values (org, step->>'outcome', step->>'actorType', (step->>'actorId')::uuid, step->>'action', step->>'targetType',
                  step->>'targetId', step->'change', (step->>'ip')::inet, step->>'userAgent', step->>'requestId',
                  (step->>'applicationId')::uuid);
      end case;
      exit when verdict = 'reused';
    end loop;
    return next;
  end loop;
end $$;

/* That secrets were used just now; whose row is busy is noted the next time. */
create function record_secret_uses(p_orgs uuid[], p_secret_hashes bytea[]) returns void
language plpgsql set search_path = tenantry, pg_temp as $$
declare
  used record;
begin
  for used in select * from unnest(p_orgs, p_secret_hashes) as u (org, secret_hash) loop
    perform set_config('app.org_id', used.org::text, true);
    update application_secrets s set last_used_at = now()
     where s.org_id = used.org and s.id = (select d.id from application_secrets d
                                            where d.org_id = used.org and d.secret_hash = used.secret_hash
                                              for no key update skip locked);
  end loop;
end $$;
`;

const retention = /* sql */ `
/* What has ended; consumed refresh tokens stay as long as they would have lived, so that their reuse is noticed. */
create function purge_oidc_artifacts(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select a.org_id, a.kind, a.id_hash from organizations o cross join lateral (
      select a.org_id, a.kind, a.id_hash from oidc_artifacts a
       where a.org_id = o.id and a.expires_at < now() - interval '1 hour'
       limit p_batch for update skip locked) a
     limit p_batch)
  delete from oidc_artifacts a using due where a.org_id = due.org_id and a.kind = due.kind and a.id_hash = due.id_hash;
  get diagnostics purged = row_count;
  return purged;
end $$;

/* Revoked ones, a day later; the others go with their session. */
create function purge_oidc_grants(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select g.org_id, g.id from organizations o cross join lateral (
      select g.org_id, g.id from oidc_grants g
       where g.org_id = o.id and g.revoked_at < now() - interval '1 day'
       limit p_batch for update skip locked) g
     limit p_batch)
  delete from oidc_grants g using due where g.org_id = due.org_id and g.id = due.id;
  get diagnostics purged = row_count;
  return purged;
end $$;
create index oidc_grants_by_revocation on oidc_grants (org_id, revoked_at) where revoked_at is not null;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'pairwise_salts', 'select, insert'),
  ('table', 'oidc_consents', 'select, insert, update, delete'),
  ('table', 'oidc_grants', 'select, insert, update, delete'),
  ('table', 'oidc_session_applications', 'select, insert, update, delete'),
  ('table', 'oidc_artifacts', 'select, insert, update, delete'),
  ('function', 'find_issuer(text)', 'execute'),
  ('function', 'read_artifact(uuid, text, bytea, bytea)', 'execute'),
  ('function', 'read_grant(uuid, uuid)', 'execute'),
  ('function', 'read_browser_session(uuid, bytea, uuid)', 'execute'),
  ('function', 'granted(uuid, uuid)', 'execute'),
  ('function', 'registered_application(uuid, uuid)', 'execute'),
  ('function', 'read_protocol_requests(text[], uuid[], bytea[], text[], bytea[], bytea[])', 'execute'),
  ('function', 'write_protocol_requests(jsonb)', 'execute'),
  ('function', 'record_secret_uses(uuid[], bytea[])', 'execute'),
  ('function', 'read_person(uuid, uuid)', 'execute'),
  ('function', 'store_artifact(uuid, text, bytea, jsonb, timestamptz, uuid, uuid, uuid, uuid, bytea, bytea)', 'execute'),
  ('function', 'store_once(uuid, text, bytea, jsonb, timestamptz)', 'execute'),
  ('function', 'consume_artifact(uuid, text, bytea)', 'execute'),
  ('function', 'rotate_refresh_token(uuid, bytea, bytea, bytea, jsonb, timestamptz)', 'execute'),
  ('function', 'remove_artifact(uuid, text, bytea)', 'execute'),
  ('function', 'store_grant(uuid, uuid, uuid, uuid, uuid, jsonb)', 'execute'),
  ('function', 'find_or_store_exchanged_grant(uuid, uuid, uuid, uuid, uuid, uuid, jsonb)', 'execute'),
  ('function', 'revoke_grant(uuid, uuid)', 'execute'),
  ('function', 'store_session_application(uuid, uuid, uuid, text, uuid)', 'execute'),
  ('function', 'remove_session_application(uuid, uuid, uuid)', 'execute'),
  ('function', 'purge_oidc_artifacts(integer)', 'execute'),
  ('function', 'purge_oidc_grants(integer)', 'execute');
`;
