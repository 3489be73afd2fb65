import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Access tokens as credentials, and the list of those that died before their end. */
export class AccessTokens1764300004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(keys);
    await runner.query(holders);
    await runner.query(audit);
    await runner.query(revocations);
    await runner.query(revoking);
    await runner.query(publishing);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back from this migration: restore the backup from before it');
  }
}

const keys = /* sql */ `
/* What anybody can read of an issuer: its public keys, and the version that says whether they are still the same. */
create function read_issuer_keys(p_slugs text[])
returns table (slug text, org_id uuid, issuer_version bigint, keys json)
language sql stable security definer set search_path = tenantry, pg_temp rows 10 as $$
  select o.slug, o.id, o.issuer_version,
         coalesce((select json_agg(json_build_object('alg', k.alg, 'publicJwk', k.public_jwk)) from signing_keys k where k.org_id = o.id), '[]')
    from organizations o where o.slug = any (p_slugs) and o.status = 'active'
$$;
`;

const holders = /* sql */ `
create function uuid_at(bytes bytea, place integer) returns uuid language sql immutable strict parallel safe
  return encode(substring(bytes from place for 16), 'hex')::uuid;

create function bigint_at(bytes bytea, place integer) returns bigint language sql immutable strict parallel safe
  return ('x' || encode(substring(bytes from place for 8), 'hex'))::bit(64)::bigint;

/*
 * Part of find_principals: the holders that access tokens name, whose signature the server has verified. Nothing here is a
 * secret, so it opens no door of its own. Its references are packed:
 *   access-token: session (16 bytes), application (16 bytes), second of issue (8 bytes). An application with pairwise
 *     subjects knows the session by an id of its own, which is random (RFC 9562, version 4), as no session's is
 *   application: application (16 bytes)
 *
 * A token of a person lives with its session and with the grant under which it was issued; that the browser was idle does
 * not end it. "answer" has what the server needs to make its own of it.
 */
create function find_token_holders(kinds text[], org_ids uuid[], secret_hashes bytea[], subject_ids uuid[])
returns table (
  ordinal integer, id uuid, org_id uuid, org_slug text, is_platform boolean, user_id uuid,
  auth_time_ms double precision, role_names text[], permission_names text[], key_permissions text[],
  needs_touch boolean, answer text, grants json
)
language plpgsql stable set search_path = tenantry, pg_temp rows 20 as $$
begin
  return query
  select w.ordinal::integer, s.id, s.org_id, o.slug, o.is_platform, u.id,
         extract(epoch from s.auth_time)::double precision * 1000, g.role_names, g.permission_names, null::text[],
         false,
         json_build_object(
           'issuerVersion', o.issuer_version::text,
           'session', json_build_object(
             'id', s.id, 'expiresAt', iso_time(s.expires_at), 'authenticatedAt', iso_time(s.auth_time), 'methods', s.amr),
           'user', json_build_object(
             'id', u.id, 'email', u.email, 'emailVerified', u.email_verified_at is not null,
             'username', u.username, 'fullName', u.full_name),
           'organization', json_build_object('id', o.id, 'slug', o.slug),
           'roles', g.role_names, 'permissions', g.permission_names,
           'application', json_build_object('id', a.id, 'name', a.name))::text,
         case when w.subject_id is not null then grants_of(s.org_id, s.user_id) end
    from unnest(kinds, org_ids, secret_hashes, subject_ids) with ordinality
           as w (kind, wanted_org, reference, subject_id, ordinal)
    left join oidc_session_applications x
      on w.kind = 'access-token' and get_byte(w.reference, 6) >> 4 = 4
     and x.org_id = w.wanted_org and x.application_id = uuid_at(w.reference, 17) and x.sid = uuid_at(w.reference, 1)::text
    join sessions s
      on w.kind = 'access-token' and s.org_id = w.wanted_org and s.id = coalesce(x.session_id, uuid_at(w.reference, 1))
    join applications a on a.org_id = w.wanted_org and a.id = uuid_at(w.reference, 17)
    join users u on u.org_id = s.org_id and u.id = s.user_id
    join organizations o on o.id = s.org_id
   cross join lateral granted(s.org_id, s.user_id) g
   where s.revoked_at is null and s.expires_at > now() and s.created_at > o.sessions_revoked_at
     and u.status = 'active' and o.status = 'active' and a.status = 'active'
     and exists (select from oidc_grants c
                  where c.org_id = s.org_id and c.session_id = s.id and c.application_id = a.id and c.revoked_at is null
                    and c.created_at < to_timestamp(bigint_at(w.reference, 33) + 1))
     /* Exchanges make several of them. Which one it is of a token does not say, so that it ends with any. */
     and not exists (select from oidc_grants c
                      where c.org_id = s.org_id and c.session_id = s.id and c.application_id = a.id
                        and c.created_at < to_timestamp(bigint_at(w.reference, 33) + 1)
                        and c.revoked_at >= to_timestamp(bigint_at(w.reference, 33) + 1))
  union all
  select w.ordinal::integer, a.id, a.org_id, o.slug, o.is_platform, a.id,
         null, g.role_names, g.permission_names, null::text[],
         false,
         json_build_object(
           'issuerVersion', o.issuer_version::text,
           'organization', json_build_object('id', o.id, 'slug', o.slug),
           'roles', g.role_names, 'permissions', g.permission_names,
           'application', json_build_object('id', a.id, 'name', a.name))::text,
         case when w.subject_id is not null then g.grants end
    from unnest(kinds, org_ids, secret_hashes, subject_ids) with ordinality
           as w (kind, wanted_org, reference, subject_id, ordinal)
    join applications a on w.kind = 'application' and a.org_id = w.wanted_org and a.id = uuid_at(w.reference, 1)
    join organizations o on o.id = a.org_id
   cross join lateral held_by_application(a.org_id, a.id) g
   where o.status = 'active' and a.status = 'active' and a.type = 'machine';
end $$;

/* What reaches a machine now, and by which roles. */
create function held_by_application(wanted_org uuid, wanted_application uuid)
returns table (role_names text[], permission_names text[], grants json)
language sql stable rows 1 set search_path = tenantry, pg_temp as $$
  select coalesce(array_agg(h.name), '{}'),
         coalesce((select array_agg(distinct p.permission) from role_permissions p
                    where p.org_id = wanted_org and p.role_id = any (array_agg(h.role_id))), '{}'),
         coalesce(json_agg(json_build_object(
           'role', h.name,
           'ways', json_build_array(json_build_object('team', null, 'expiresAt', iso_time(h.expires_at))),
           'permissions', (select coalesce(json_agg(p.permission), '[]') from role_permissions p
                            where p.org_id = wanted_org and p.role_id = h.role_id))), '[]')
    from (select r.name, x.role_id, x.expires_at
            from application_roles x
            join roles r on r.org_id = x.org_id and r.id = x.role_id
           where x.org_id = wanted_org and x.application_id = wanted_application
             and (x.expires_at is null or x.expires_at > now())
           order by r.name) h
$$;
`;

const audit = /* sql */ `
/* Through which application somebody acted, or which one acted. */
alter table audit_events add column application_id uuid;
do $$
declare
  /* PostgreSQL chose the name, beside a table of the same name that has gone since. */
  closed constant name := (select conname from pg_constraint
                            where conrelid = 'audit_events'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%actor_type%');
begin
  execute format('alter table audit_events drop constraint %I', closed);
end $$;
alter table audit_events add constraint audit_events_actor_type_known
  check (actor_type in ('user', 'api-key', 'application', 'operator', 'system', 'anonymous'));
`;

const revocations = /* sql */ `
/*
 * Tokens that are dead before their end, for services that verify them by themselves. A row says that every token of its
 * subject which was issued before a moment is dead; it stays until the last of them would have ended by itself. The
 * subject is the last part of the name in Redis.
 */
create table token_revocations (
  org_id uuid not null references organizations (id) on delete cascade,
  subject text not null check (length(subject) between 1 and 200),
  session_id uuid,
  application_id uuid,
  issued_before timestamptz not null,
  expires_at timestamptz not null,
  /* In the order in which the rows could first be seen; null until somebody asks. */
  place bigint,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, subject)
);
create unique index token_revocations_by_place on token_revocations (org_id, place);
create index token_revocations_without_place on token_revocations (org_id) where place is null;
create index token_revocations_unpublished on token_revocations (org_id) where published_at is null;
create index token_revocations_by_end on token_revocations (org_id, expires_at);
create sequence token_revocation_places;

/*
 * As the owner: whoever ends a session, or deletes a user, need know nothing of this list. No token lives for more than
 * an hour. The organization itself may be going.
 */
create function revoke_tokens(p_org uuid, p_subject text, p_session uuid, p_application uuid, p_issued_before timestamptz)
returns void language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  insert into token_revocations as r (org_id, subject, session_id, application_id, issued_before, expires_at)
  select o.id, p_subject, p_session, p_application, p_issued_before, clock_timestamp() + interval '1 hour'
    from organizations o where o.id = p_org
  on conflict (org_id, subject) do update
     set issued_before = greatest(r.issued_before, excluded.issued_before), expires_at = excluded.expires_at,
         place = null, published_at = null, updated_at = now();
  perform pg_notify('tenantry_token_revocations', '');
end $$;
`;

const revoking = /* sql */ `
/*
 * The ids by which tokens name a session: its own, and those of applications with pairwise subjects. Anything else in their
 * place is in no token.
 */
create function sids_of(p_org uuid, p_session uuid, p_application uuid)
returns table (sid uuid) language sql stable set search_path = tenantry, pg_temp rows 2 as $$
  select p_session
  union all
  select x.sid::uuid
    from oidc_session_applications x
    join applications a on a.org_id = x.org_id and a.id = x.application_id and a.subject_type = 'pairwise'
   where x.org_id = p_org and x.session_id = p_session and (p_application is null or x.application_id = p_application)
     and x.sid ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
$$;

/* A session never comes back, so all of its tokens are dead, whenever they are issued. */
create function revoke_tokens_of_session() returns trigger language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  if exists (select from oidc_grants g where g.org_id = old.org_id and g.session_id = old.id) then
    perform revoke_tokens(old.org_id, 'session:' || n.sid, n.sid, null, old.expires_at)
       from sids_of(old.org_id, old.id, null) n;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger revoke_tokens after update on sessions for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function revoke_tokens_of_session();
/* Before, because what names it goes with it. */
create trigger revoke_tokens_of_deleted before delete on sessions for each row
  when (old.revoked_at is null and old.expires_at > now()) execute function revoke_tokens_of_session();

/* Whoever is locked by another program keeps their sessions, which may come back to life. */
create function revoke_tokens_of_user() returns trigger language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  perform revoke_tokens(s.org_id, 'session:' || n.sid, n.sid, null, clock_timestamp())
     from sessions s cross join lateral sids_of(s.org_id, s.id, null) n
    where s.org_id = new.org_id and s.user_id = new.id and s.revoked_at is null and s.expires_at > now()
      and exists (select from oidc_grants g where g.org_id = s.org_id and g.session_id = s.id);
  return null;
end $$;
create trigger revoke_tokens after update on users for each row
  when (old.status = 'active' and new.status <> 'active') execute function revoke_tokens_of_user();

/* The same application may get another grant in the same session. */
create function revoke_tokens_of_grant() returns trigger language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  perform revoke_tokens(old.org_id, format('session:%s:application:%s', n.sid, old.application_id),
                        n.sid, old.application_id, clock_timestamp())
     from sids_of(old.org_id, old.session_id, old.application_id) n;
  return null;
end $$;
create trigger revoke_tokens after update on oidc_grants for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function revoke_tokens_of_grant();

create function revoke_tokens_of_application() returns trigger language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  perform revoke_tokens(old.org_id, 'application:' || old.id, null, old.id, clock_timestamp());
  return null;
end $$;
create trigger revoke_tokens after update on applications for each row
  when (old.status = 'active' and new.status <> 'active') execute function revoke_tokens_of_application();
create trigger revoke_tokens_of_deleted after delete on applications for each row execute function revoke_tokens_of_application();

create function revoke_tokens_of_organization() returns trigger language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  perform revoke_tokens(new.id, 'organization', null, null, clock_timestamp());
  return null;
end $$;
create trigger revoke_tokens after update on organizations for each row
  when (old.sessions_revoked_at < new.sessions_revoked_at) execute function revoke_tokens_of_organization();
`;

const publishing = /* sql */ `
/*
 * Revocations of the transaction's organization behind a place, in their order. Places are given here, under a lock
 * that is held until they can be seen: a number that a row got when it was written could become visible behind a larger
 * one, and a reader that has passed it would miss it.
 */
create function list_token_revocations(p_after bigint, p_limit integer)
returns table (place bigint, subject text, session_id uuid, application_id uuid, issued_before timestamptz, expires_at timestamptz)
language plpgsql security definer set search_path = tenantry, pg_temp rows 100 as $$
#variable_conflict use_column
begin
  if exists (select from token_revocations r where r.org_id = current_org_id() and r.place is null) then
    perform pg_advisory_xact_lock(hashtextextended('tenantry.token_revocations ' || current_org_id(), 0));
    update token_revocations r set place = nextval('token_revocation_places')
     where r.org_id = current_org_id() and r.place is null;
  end if;
  return query
  select r.place, r.subject, r.session_id, r.application_id, r.issued_before, r.expires_at
    from token_revocations r
   where r.org_id = current_org_id() and r.place > p_after and r.expires_at > now()
   order by r.place limit p_limit;
end $$;

/* Gives a worker revocations to publish, and to nobody else until its transaction ends. */
create function publish_token_revocations(p_limit integer)
returns table (org_id uuid, subject text, issued_before timestamptz, expires_at timestamptz)
language plpgsql security definer set search_path = tenantry, pg_temp rows 100 as $$
#variable_conflict use_column
begin
  if not is_platform_work() then
    raise exception 'only platform work publishes revocations' using errcode = '42501';
  end if;
  return query
  update token_revocations r set published_at = clock_timestamp()
    from (select u.org_id, u.subject from token_revocations u
           where u.published_at is null limit p_limit for update skip locked) due
   where r.org_id = due.org_id and r.subject = due.subject
  returning r.org_id, r.subject, r.issued_before, r.expires_at;
end $$;

/* What must be written to Redis again: everything, or what was in the last seconds. */
create function unpublish_token_revocations(p_within_seconds integer) returns void
language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work publishes revocations' using errcode = '42501';
  end if;
  update token_revocations r set published_at = null
   where r.expires_at > now()
     and r.published_at > case when p_within_seconds is null then '-infinity' else now() - make_interval(secs => p_within_seconds) end;
end $$;

/* Those of which every token has ended by itself. */
create function purge_token_revocations(p_batch integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  purged integer;
begin
  perform require_purge(1, 1, p_batch);
  with due as materialized (
    select r.org_id, r.subject from organizations o cross join lateral (
      select r.org_id, r.subject from token_revocations r
       where r.org_id = o.id and r.expires_at < now()
       limit p_batch for update skip locked) r
     limit p_batch)
  delete from token_revocations r using due where r.org_id = due.org_id and r.subject = due.subject;
  get diagnostics purged = row_count;
  return purged;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'token_revocations', 'select'),
  ('function', 'read_issuer_keys(text[])', 'execute'),
  ('function', 'held_by_application(uuid, uuid)', 'execute'),
  ('function', 'list_token_revocations(bigint, integer)', 'execute'),
  ('function', 'publish_token_revocations(integer)', 'execute'),
  ('function', 'unpublish_token_revocations(integer)', 'execute'),
  ('function', 'purge_token_revocations(integer)', 'execute');
`;
