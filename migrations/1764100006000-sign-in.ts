import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signing in takes two statements beside the hash: every round trip costs a core that could hash. */
export class SignIn1764100006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(attempts);
    await runner.query(signIn);
    await runner.query(privileges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from server_privileges where name like any (array['count_attempts(%', 'sweep_counters(%', 'settle_attempt(%', 'begin_sign_in(%', 'start_session(%']);
      drop function start_session, begin_sign_in, settle_attempt, sweep_counters, count_attempts;
    `);
  }
}

const attempts = /* sql */ `
/*
 * Counts one attempt on each counter that is not blocked, in the given order, so that parallel attempts wait for each
 * other and never in a circle. A counter that is blocked stays as it is and is not among the rows.
 *
 * The transaction commits without waiting for the disk: after a crash of the database a few attempts would be free again,
 * and nobody would wait for a disk before the hash.
 */
create function count_attempts(
  p_org uuid, p_kinds text[], p_keys bytea[], p_free integer[], p_window_seconds integer[], p_is_backoff boolean[],
  p_longest_seconds integer)
returns table (kind text, attempts integer, blocked_seconds integer)
language plpgsql set search_path = tenantry, pg_temp rows 2 as $$
#variable_conflict use_column
begin
  perform set_config('synchronous_commit', 'off', true);
  return query
  with limits as (
    select * from unnest(p_kinds, p_keys, p_free, p_window_seconds, p_is_backoff)
             with ordinality as l (kind, key_hash, free_attempts, window_seconds, is_backoff, ordinal))
  insert into attempt_counters as c (org_id, kind, key_hash, attempts, blocked_until, window_ends_at)
  select p_org, l.kind, l.key_hash, 1,
         case when l.free_attempts = 1 then
           clock_timestamp() + make_interval(secs => case when l.is_backoff then 1 else l.window_seconds end) end,
         clock_timestamp() + make_interval(secs => l.window_seconds)
    from limits l order by l.ordinal
  on conflict (org_id, kind, key_hash) do update
     set (attempts, blocked_until, window_ends_at) = (
       select n.attempts,
              case when n.attempts < l.free_attempts then null
                   when not l.is_backoff then n.window_ends_at
                   else clock_timestamp() + make_interval(secs =>
                          least(p_longest_seconds, power(2, least(n.attempts - l.free_attempts, 30)))) end,
              n.window_ends_at
         from limits l,
              lateral (select case when c.window_ends_at <= clock_timestamp() then 1 else c.attempts + 1 end as attempts,
                              case when l.is_backoff or c.window_ends_at <= clock_timestamp()
                                   then excluded.window_ends_at else c.window_ends_at end as window_ends_at) n
        where l.kind = excluded.kind and l.key_hash = excluded.key_hash)
   where c.blocked_until is null or c.blocked_until <= clock_timestamp()
  returning c.kind, c.attempts, ceil(extract(epoch from c.blocked_until - clock_timestamp()))::integer;
end $$;

/* Removes a few counters that say nothing any more; those that somebody holds are left to others. */
create function sweep_counters(p_org uuid) returns void language plpgsql set search_path = tenantry, pg_temp as $$
begin
  delete from attempt_counters c where c.org_id = p_org and (c.kind, c.key_hash) in (
    select s.kind, s.key_hash from attempt_counters s
     where s.org_id = p_org and s.window_ends_at < now() and (s.blocked_until is null or s.blocked_until < now())
     limit 10 for update skip locked);
end $$;

/*
 * Somebody has proven to be the right one: that makes up for the guesses before, and from the address it was no failure.
 * The counter of the address comes first, as when counting; null where there is none.
 */
create function settle_attempt(p_org uuid, p_address_kind text, p_address_key bytea, p_guess_kind text, p_guess_key bytea)
returns void language plpgsql set search_path = tenantry, pg_temp as $$
begin
  update attempt_counters c set attempts = greatest(c.attempts - 1, 0), blocked_until = null
   where c.org_id = p_org and c.kind = p_address_kind and c.key_hash = p_address_key;
  delete from attempt_counters c where c.org_id = p_org and c.kind = p_guess_kind and c.key_hash = p_guess_key;
end $$;
`;

const signIn = /* sql */ `
/*
 * The first half of a sign-in, all that comes before the hash: finds organization, account and known device, and counts
 * the attempt. A whole unit of work in one statement: it enters the organization by itself.
 *
 * verdict: 'counted'; 'no_organization' (unknown or suspended); 'address_blocked', 'account_blocked' (for "seconds");
 * 'wait' (p_may_wait, and blocked for no more than a second by attempts that are still being judged: nothing is counted).
 * Counters of the account and of the address, or of the known device alone.
 */
create function begin_sign_in(
  p_organization text, p_email text, p_username text,
  p_device_orgs uuid[], p_device_hashes bytea[], p_device_keys bytea[], p_device_days integer,
  p_account_key bytea, p_address_key bytea, p_address_free integer, p_address_seconds integer,
  p_guess_free integer, p_guess_seconds integer, p_longest_seconds integer, p_may_wait boolean)
returns table (verdict text, seconds integer, next_wait_seconds integer, org_id uuid, org_slug text, device integer,
               account json, registration json, session json)
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
#variable_conflict use_column
declare
  organization organizations;
  person users;
  known integer;
  counted record;
  passed text[] := '{}';
  is_new boolean := false;
  blocked_kind text;
  blocked_key bytea;
begin
  perform set_config('app.platform', 'on', true);
  select * into organization from organizations o where o.slug = p_organization;
  if not found and p_organization ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select * into organization from organizations o where o.id = p_organization::uuid;
  end if;
  perform set_config('app.platform', '', true);
  if organization.id is null or organization.status <> 'active' then
    return query select 'no_organization', 0, 0, null::uuid, null::text, null::integer, null::json, null::json, null::json;
    return;
  end if;
  perform set_config('app.org_id', organization.id::text, true);
  org_id := organization.id;
  org_slug := organization.slug;
  next_wait_seconds := 0;
  seconds := 0;

  if p_email is not null then
    select * into person from users u where u.org_id = organization.id and u.email = p_email;
  elsif p_username is not null then
    select * into person from users u where u.org_id = organization.id and u.username = p_username;
  end if;
  if cardinality(p_device_hashes) > 0 then
    select d.ordinal into known
      from unnest(p_device_orgs, p_device_hashes) with ordinality as d (org, token_hash, ordinal)
      join known_devices k on k.org_id = organization.id and k.user_id = person.id and k.token_hash = d.token_hash
     where d.org = organization.id and k.last_used_at > now() - make_interval(days => p_device_days)
     limit 1;
  end if;

  if known is not null then
    for counted in select * from count_attempts(organization.id, array['sign-in.device'], array[p_device_keys[known]],
                                                array[p_guess_free], array[p_guess_seconds], array[true], p_longest_seconds)
    loop
      passed := passed || counted.kind;
      is_new := counted.attempts = 1;
      next_wait_seconds := coalesce(counted.blocked_seconds, 0);
    end loop;
  else
    for counted in select * from count_attempts(organization.id, array['sign-in.address', 'sign-in.account'],
                                                array[p_address_key, p_account_key], array[p_address_free, p_guess_free],
                                                array[p_address_seconds, p_guess_seconds], array[false, true], p_longest_seconds)
    loop
      passed := passed || counted.kind;
      is_new := is_new or counted.attempts = 1;
      if counted.kind = 'sign-in.account' then next_wait_seconds := coalesce(counted.blocked_seconds, 0); end if;
    end loop;
  end if;
  -- Whoever makes counters also clears some away, so that made-up names do not pile up.
  if is_new then perform sweep_counters(organization.id); end if;

  verdict := 'counted';
  if known is null and not 'sign-in.address' = any (passed) then
    verdict := 'address_blocked'; blocked_kind := 'sign-in.address'; blocked_key := p_address_key;
    -- It will not be judged: the guess is taken back.
    update attempt_counters c set attempts = greatest(c.attempts - 1, 0), blocked_until = null
     where c.org_id = organization.id and c.kind = 'sign-in.account' and c.key_hash = p_account_key
       and 'sign-in.account' = any (passed);
  elsif known is null and not 'sign-in.account' = any (passed) then
    verdict := 'account_blocked'; blocked_kind := 'sign-in.account'; blocked_key := p_account_key;
  elsif known is not null and passed = '{}' then
    verdict := 'account_blocked'; blocked_kind := 'sign-in.device'; blocked_key := p_device_keys[known];
  end if;
  if verdict <> 'counted' then
    select greatest(1, ceil(extract(epoch from c.blocked_until - clock_timestamp()))::integer) into seconds
      from attempt_counters c where c.org_id = organization.id and c.kind = blocked_kind and c.key_hash = blocked_key;
    seconds := coalesce(seconds, 1);
    if verdict = 'account_blocked' and p_may_wait and seconds <= 1 then
      verdict := 'wait';
      update attempt_counters c set attempts = greatest(c.attempts - 1, 0), blocked_until = null
       where c.org_id = organization.id and c.kind = 'sign-in.address' and c.key_hash = p_address_key
         and 'sign-in.address' = any (passed);
    end if;
  end if;

  device := known;
  if person.id is not null then
    account := json_build_object(
      'id', person.id, 'email', person.email, 'username', person.username, 'fullName', person.full_name,
      'passwordHash', person.password_hash, 'status', person.status, 'emailVerifiedAt', person.email_verified_at);
  end if;
  select json_build_object('own', p.own, 'platform', p.platform, 'isPlatform', p.is_platform) into registration
    from read_policies('registration') p;
  select json_build_object('own', p.own, 'platform', p.platform, 'isPlatform', p.is_platform) into session
    from read_policies('session') p;
  return next;
end $$;

/*
 * The one way to a session, in one statement: locks, notes the sign-in, starts the session, remembers the device, records
 * the event, settles the counters. No row when the user or the organization is not active, or the password has changed
 * since it was verified: whoever locks the user, changes the password or suspends the organization at the same time comes
 * before this, or finds the new session and ends it. The organization is locked first, as whoever erases it does, and
 * just enough to wait for a suspension.
 */
create function start_session(
  p_org uuid, p_user uuid, p_session uuid, p_token_hash bytea, p_methods text[], p_idle_seconds integer,
  p_absolute_seconds integer, p_proven_hash text, p_renewed_hash text,
  p_known_device bytea, p_new_device bytea, p_most_devices integer,
  p_ip text, p_user_agent text, p_request_id text,
  p_address_kind text, p_address_key bytea, p_guess_kind text, p_guess_key bytea)
returns setof sessions
language plpgsql set search_path = tenantry, pg_temp rows 1 as $$
declare
  moment timestamptz;
  address inet := p_ip::inet;
begin
  perform set_config('app.org_id', p_org::text, true);
  perform from organizations o where o.id = p_org and o.status = 'active' for key share;
  if not found then return; end if;
  update users u set last_login_at = now()
   where u.org_id = p_org and u.id = p_user and u.status = 'active'
     and (p_proven_hash is null or u.password_hash = p_proven_hash);
  if not found then return; end if;
  if p_renewed_hash is not null then perform renew_password_hash(p_org, p_user, p_proven_hash, p_renewed_hash); end if;
  moment := clock_timestamp();
  return query
  insert into sessions as s (org_id, id, user_id, token_hash, ip, user_agent, amr, created_at, auth_time, last_used_at,
                             idle_lifetime_seconds, idle_expires_at, expires_at)
  values (p_org, p_session, p_user, p_token_hash, address, p_user_agent, p_methods, moment, moment, moment,
          p_idle_seconds, moment + make_interval(secs => least(p_idle_seconds, p_absolute_seconds)),
          moment + make_interval(secs => p_absolute_seconds))
  returning s.*;
  if p_known_device is not null then
    update known_devices k set last_used_at = now()
     where k.org_id = p_org and k.user_id = p_user and k.token_hash = p_known_device;
  elsif p_new_device is not null then
    -- Those that were used longest ago are forgotten where there are too many.
    delete from known_devices k where k.org_id = p_org and k.user_id = p_user and k.token_hash in (
      select d.token_hash from known_devices d where d.org_id = p_org and d.user_id = p_user
       order by d.last_used_at desc offset p_most_devices - 1);
    insert into known_devices (org_id, user_id, token_hash) values (p_org, p_user, p_new_device);
  end if;
  insert into audit_events (org_id, outcome, actor_type, action, target_type, target_id, change, ip, user_agent, request_id)
  values (p_org, 'done', 'anonymous', 'session.created', 'session', p_session::text,
          jsonb_build_object('user', p_user, 'methods', p_methods), address, p_user_agent, p_request_id);
  -- Last, since everybody else from this address waits for it.
  if p_guess_key is not null then
    perform settle_attempt(p_org, p_address_kind, p_address_key, p_guess_kind, p_guess_key);
  end if;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('function', 'count_attempts(uuid, text[], bytea[], integer[], integer[], boolean[], integer)', 'execute'),
  ('function', 'sweep_counters(uuid)', 'execute'),
  ('function', 'settle_attempt(uuid, text, bytea, text, bytea)', 'execute'),
  ('function', 'begin_sign_in(text, text, text, uuid[], bytea[], bytea[], integer, bytea, bytea, integer, integer, integer, integer, integer, boolean)', 'execute'),
  ('function', 'start_session(uuid, uuid, uuid, bytea, text[], integer, integer, text, text, bytea, bytea, integer, text, text, text, text, bytea, text, bytea)', 'execute');
`;
