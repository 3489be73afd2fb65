import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Account logic that every program must respect, whoever writes: verification tokens, profiles, pending changes of the
 * e-mail address, history and activity. The server calls the same functions as anybody with SQL access does.
 */
export class VerificationAndHistory1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(privileges);
    await runner.query(columns);
    await runner.query(tables);
    await runner.query(tokenText);
    await runner.query(tokens);
    await runner.query(mails);
    await runner.query(records);
    await runner.query(userTriggers);
    await runner.query(accountSteps);
    await runner.query(grants);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back: accounts rely on their history');
  }
}

const privileges = /* sql */ `
/* What the role that serves requests may do. A migration that makes something for the server adds a row here. */
create table server_privileges (
  kind text not null check (kind in ('table', 'view', 'function', 'sequence')),
  /* A function with the types of its arguments. */
  name text not null,
  privileges text not null check (privileges ~ '^[a-z]+(, [a-z]+)*$'),
  primary key (kind, name)
);

insert into server_privileges values
  -- Organizations go by erase_organization alone: whatever belongs to one goes with its row, the audit events too.
  ('table', 'organizations', 'select, insert, update'),
  ('table', 'policies', 'select, insert, update, delete'),
  ('table', 'users', 'select, insert, update, delete'),
  ('table', 'roles', 'select, insert, update, delete'),
  ('table', 'permissions', 'select, insert, update, delete'),
  ('table', 'role_permissions', 'select, insert, update, delete'),
  ('table', 'user_roles', 'select, insert, update, delete'),
  ('table', 'teams', 'select, insert, update, delete'),
  ('table', 'team_members', 'select, insert, update, delete'),
  ('table', 'team_roles', 'select, insert, update, delete'),
  ('table', 'sessions', 'select, insert, update, delete'),
  ('table', 'api_keys', 'select, insert, update, delete'),
  ('table', 'verification_tokens', 'select, insert, update, delete'),
  ('table', 'known_devices', 'select, insert, update, delete'),
  ('table', 'attempt_counters', 'select, insert, update, delete'),
  ('table', 'idempotency_keys', 'select, insert, update, delete'),
  -- What happened cannot be changed by whoever breaks into the server.
  ('table', 'audit_events', 'select, insert'),
  ('view', 'user_grants', 'select'),
  ('function', 'current_org_id()', 'execute'),
  ('function', 'is_platform_work()', 'execute'),
  ('function', 'new_id()', 'execute'),
  ('function', 'find_principals(text[], uuid[], bytea[], uuid[])', 'execute'),
  ('function', 'record_use(text[], uuid[], bytea[])', 'execute'),
  ('function', 'grants_of(uuid, uuid)', 'execute'),
  ('function', 'iso_time(timestamptz)', 'execute'),
  ('function', 'erase_organization(uuid, integer)', 'execute'),
  ('function', 'read_policies(text)', 'execute'),
  ('function', 'search_users(text, boolean, text, uuid, text, text, text, integer)', 'execute');

/*
 * Row-level security of every table; a table that is new is closed from the moment this has run. The functions of
 * extensions lie in the same schema and may belong to somebody else, about each of which PostgreSQL would warn.
 */
create function secure_tables() returns void
language plpgsql set search_path = tenantry, pg_temp set client_min_messages = error as $$
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

  revoke all on all functions in schema tenantry from public;
end $$;

/*
 * Gives a role exactly what server_privileges lists. Runs after every migration, so that a new table is closed unless
 * somebody opens it there, and a restored or renamed database gets its role back.
 */
create or replace function apply_privileges(server_role name) returns void
language plpgsql set search_path = tenantry, pg_temp set client_min_messages = error as $$
declare
  listed record;
begin
  perform secure_tables();
  execute format('revoke all on all tables in schema tenantry from %I', server_role);
  execute format('revoke all on all sequences in schema tenantry from %I', server_role);
  execute format('revoke all on all functions in schema tenantry from %I', server_role);
  execute format('grant usage on schema tenantry to %I', server_role);
  for listed in select * from server_privileges loop
    execute format('grant %s on %s %s to %I', listed.privileges,
                   case when listed.kind = 'view' then 'table' else listed.kind end, listed.name, server_role);
  end loop;
end $$;
`;

const columns = /* sql */ `
/* Like every function here, for callers of any search path. */
alter function grants_of(uuid, uuid) set search_path = tenantry, pg_temp;

/* An address that its owner has still to confirm; until then the old one stays. */
alter table users
  add column pending_email text
    check (pending_email = lower(pending_email) and length(pending_email) <= 254 and pending_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  /* When it was asked for, last: asking again for the same address is a new request. */
  add column pending_email_at timestamptz,
  add check ((pending_email is null) = (pending_email_at is null));

alter table policies add column created_by uuid;
`;

const tables = /* sql */ `
create table user_profiles (
  org_id uuid not null,
  user_id uuid not null,
  display_name text check (length(display_name) between 1 and 200),
  given_name text check (length(given_name) between 1 and 200),
  family_name text check (length(family_name) between 1 and 200),
  /* BCP 47, such as de or de-AT. */
  locale text check (length(locale) <= 35 and locale ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  /* A name of the IANA time zone database. */
  time_zone text check (length(time_zone) <= 64 and time_zone ~ '^[A-Za-z0-9_+/-]+$'),
  picture_media_id uuid,
  /* What the user may write; users.metadata is what only administrators may. */
  user_metadata jsonb not null default '{}'
    check (jsonb_typeof(user_metadata) = 'object' and octet_length(user_metadata::text) <= 32768),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid,
  primary key (org_id, user_id),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create trigger touch before update on user_profiles for each row execute function touch_row();

/* What changed of an account, written by triggers. actor_id is null where nobody said who it was. */
create table user_history (
  org_id uuid not null,
  id uuid not null default new_id(),
  user_id uuid not null,
  kind text not null check (kind ~ '^[a-z][a-z_]{0,63}$'),
  change jsonb not null default '{}' check (jsonb_typeof(change) = 'object'),
  actor_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  primary key (org_id, id),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index user_history_by_user on user_history (org_id, user_id, created_at, id);

/* What a user did how often on a day (UTC). */
create table user_activity (
  org_id uuid not null,
  user_id uuid not null,
  kind text not null check (kind ~ '^[a-z][a-z_]{0,63}$'),
  day date not null,
  count integer not null check (count > 0),
  last_at timestamptz not null,
  primary key (org_id, user_id, day, kind),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index user_activity_by_day on user_activity (org_id, kind, day);

/*
 * The kinds of tokens that the product knows: how long they live unless an organization says otherwise, and at most.
 * first_password says how long a password_reset lives for whoever waits for their first password.
 */
create function verification_token_kinds()
returns table (type text, default_seconds integer, max_seconds integer, mail_template text)
language sql immutable parallel safe rows 7
begin atomic
  select * from (values
    ('email_verification',  86400,  604800, 'verify-email'),
    ('password_reset',       1800,   86400, 'reset-password'),
    ('first_password',     259200, 2592000, 'set-password'),
    ('email_change',        86400,  604800, 'email-change'),
    ('magic_link',            600,    1800, 'magic-link'),
    ('invitation',         604800, 2592000, 'invitation'),
    ('setup',               86400,   86400, null)) kinds (type, default_seconds, max_seconds, mail_template);
end;

/* Kinds that somebody adds for their own programs may live for thirty days. */
create function max_token_seconds(p_type text) returns integer language sql immutable parallel safe
  return coalesce((select k.max_seconds from verification_token_kinds() k where k.type = p_type), 2592000);

/* What an organization says of its tokens. A type that is not among the kinds is the organization's own. */
create table verification_token_types (
  org_id uuid not null references organizations (id) on delete cascade,
  type text not null check (type ~ '^[a-z][a-z_]{0,63}$'),
  /* Null leaves the product's own value. */
  lifetime_seconds integer,
  mail_template text check (mail_template ~ '^[a-z][a-z0-9-]{0,63}$'),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, type),
  constraint verification_token_types_lifetime check (lifetime_seconds between 60 and max_token_seconds(type))
);
create trigger touch before update on verification_token_types for each row execute function touch_row();

alter table verification_tokens
  /* Whom or what the token is about: the user, or an invitation. */
  add column subject_id uuid,
  /* The mail that carries it. Sent twice, a mail has two tokens, and both work. */
  add column mail_id uuid,
  /* Set when a newer token, or a change of the account, made this one void. */
  add column ended_at timestamptz,
  alter column created_at set default clock_timestamp();
create index verification_tokens_alive on verification_tokens (org_id, subject_id, type)
  where used_at is null and ended_at is null;
create index verification_tokens_by_expiry on verification_tokens (org_id, expires_at);
`;

const tokenText = /* sql */ `
/* CRC-32 as in zlib. PostgreSQL has its own from 18 on. */
create function crc32_of(p_bytes bytea) returns bigint
language plpgsql immutable strict parallel safe set search_path = tenantry, pg_temp as $$
declare
  crc bigint := 4294967295;
begin
  for position in 0 .. length(p_bytes) - 1 loop
    crc := crc # get_byte(p_bytes, position);
    for bit in 1 .. 8 loop
      crc := (crc >> 1) # (case when crc & 1 = 1 then 3988292384 else 0 end);
    end loop;
  end loop;
  return crc # 4294967295;
end $$;

/*
 * A new token in clear, in the form that every token of the product has: a prefix, then base64url of organization, 256
 * random bits and CRC-32. The random bits come from the generator of version-4 ids, which is a cryptographic one; three
 * of them hold 366 bits.
 */
create function new_token(p_org uuid) returns text
language plpgsql volatile strict set search_path = tenantry, pg_temp as $$
declare
  prefix constant text := 'ten_ver_';
  content constant bytea := uuid_send(p_org)
    || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  checksum constant bytea := substring(int8send(crc32_of(convert_to(prefix, 'UTF8') || content)) from 5);
begin
  return prefix || translate(encode(content || checksum, 'base64'), E'+/=\\n', '-_');
end $$;

/* The form in which a token is kept. A slow hash is for what can be guessed. */
create function token_hash_of(p_token text) returns bytea language sql immutable strict parallel safe
  return sha256(convert_to(p_token, 'UTF8'));
`;

const tokens = /* sql */ `
/* How long a token of this type lives; null for a type that nobody has defined. */
create function token_lifetime(p_org uuid, p_type text) returns interval
language sql stable set search_path = tenantry, pg_temp as $$
  select make_interval(secs => coalesce(
    (select t.lifetime_seconds from verification_token_types t where t.org_id = p_org and t.type = p_type),
    (select k.default_seconds from verification_token_kinds() k where k.type = p_type)))
$$;

/* The mail template for tokens of this type: the organization's choice, else the product's. */
create function token_mail_template(p_org uuid, p_type text) returns text
language sql stable set search_path = tenantry, pg_temp as $$
  select coalesce(
    (select t.mail_template from verification_token_types t where t.org_id = p_org and t.type = p_type),
    (select k.mail_template from verification_token_kinds() k where k.type = p_type))
$$;

/*
 * A new token for p_subject (p_user, if null), in clear; what is stored is its hash. Older ones of the same type and
 * subject end, except those for the same mail: whichever copy of a mail that was sent twice is opened, its link works.
 *
 * A token that travels in a mail proves that somebody reads that mail, so its address comes from there.
 */
create function issue_token(
  p_org uuid, p_type text, p_user uuid, p_subject uuid default null, p_payload jsonb default '{}', p_mail uuid default null)
returns text language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  subject constant uuid := coalesce(p_subject, p_user);
  lifetime interval := token_lifetime(p_org, p_type);
  token constant text := new_token(p_org);
  address text := p_payload->>'email';
begin
  if lifetime is null then
    raise exception 'there is no type "%" of verification tokens', p_type using errcode = '22023';
  end if;
  -- One at a time for one subject: of two that are issued at once, the second must find the first.
  if p_user is not null then
    perform from users where org_id = p_org and id = p_user for no key update;
  else
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'tenantry.issue_token', p_org, p_type, subject), 0));
  end if;

  if p_mail is not null then
    select m.to_email into address from mails m where m.org_id = p_org and m.id = p_mail;
  elsif address is null and p_type = 'email_verification' then
    select u.email into address from users u where u.org_id = p_org and u.id = p_user;
  end if;

  -- Who was added by hand did not ask for it, and may look into their mail after the weekend.
  if p_type = 'password_reset' and exists (
       select from users u
        where u.org_id = p_org and u.id = p_user and u.status = 'initializing' and u.password_hash is null) then
    lifetime := token_lifetime(p_org, 'first_password');
  end if;

  update verification_tokens t set ended_at = now()
   where t.org_id = p_org and t.type = p_type and t.subject_id is not distinct from subject
     and t.used_at is null and t.ended_at is null and (p_mail is null or t.mail_id is distinct from p_mail);
  insert into verification_tokens (org_id, type, user_id, subject_id, mail_id, token_hash, payload, expires_at)
  values (p_org, p_type, p_user, subject, p_mail, token_hash_of(token),
          coalesce(p_payload, '{}') || case when address is null then '{}' else jsonb_build_object('email', address) end,
          clock_timestamp() + lifetime);
  return token;
end $$;

/* Whether consume_token would accept it now. */
create function check_token(p_org uuid, p_type text, p_token text) returns boolean
language sql stable set search_path = tenantry, pg_temp as $$
  select exists (
    select from verification_tokens t
     where t.org_id = p_org and t.type = p_type and t.token_hash = token_hash_of(p_token)
       and t.used_at is null and t.ended_at is null and t.expires_at > now()
       and (t.user_id is null or exists (
             select from users u where u.org_id = t.org_id and u.id = t.user_id and u.status in ('initializing', 'active'))))
$$;

/*
 * Uses a token up, in one conditional UPDATE: of a hundred at once, one gets the row. Nothing comes back for a token that
 * is wrong, used, ended, expired, of another type or organization, or of a user who is locked or deactivated.
 *
 * The user is locked first, as by everybody who changes users: the other way round two would wait for each other.
 */
create function consume_token(p_org uuid, p_type text, p_token text)
returns table (token_id uuid, user_id uuid, subject_id uuid, payload jsonb)
language sql volatile rows 1 set search_path = tenantry, pg_temp as $$
  select from users u
   where u.org_id = p_org
     and u.id = (select t.user_id from verification_tokens t
                  where t.org_id = p_org and t.type = p_type and t.token_hash = token_hash_of(p_token))
     for no key update;

  with used as (
    update verification_tokens t set used_at = now()
     where t.org_id = p_org and t.type = p_type and t.token_hash = token_hash_of(p_token)
       and t.used_at is null and t.ended_at is null and t.expires_at > now()
       and (t.user_id is null or exists (
             select from users u where u.org_id = t.org_id and u.id = t.user_id and u.status in ('initializing', 'active')))
    returning t.id, t.user_id, t.subject_id, t.payload),
  -- Of a mail that was sent twice, the other copy opens nothing any more. Where there is no user, nobody is locked.
  ended as (
    update verification_tokens t set ended_at = now() from used
     where t.org_id = p_org and t.type = p_type and t.user_id = used.user_id and t.subject_id = used.subject_id
       and t.id <> used.id and t.used_at is null and t.ended_at is null)
  select used.id, used.user_id, used.subject_id, used.payload from used;
$$;

/* Ends the user's tokens of these types, or all, and tells how many. */
create function end_tokens(p_org uuid, p_user uuid, p_types text[] default null) returns integer
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  ended integer;
begin
  update verification_tokens t set ended_at = now()
   where t.org_id = p_org and t.user_id = p_user and t.used_at is null and t.ended_at is null
     and (p_types is null or t.type = any (p_types));
  get diagnostics ended = row_count;
  return ended;
end $$;
`;

const mails = /* sql */ `
/*
 * Queues a mail to the user (at p_to, if it is not to go to the user's address) in the user's language. The token of
 * p_token_type is minted when the mail is sent. Bulk loads set app.quiet to 'on': nobody wants a thousand mails at once.
 *
 * Whoever changes an account over and over, or makes one anew, does not flood the mailbox of an address that need not even
 * be theirs: of one kind five an hour are enough.
 */
create function mail_user(
  p_org uuid, p_user uuid, p_template text, p_token_type text default null, p_to text default null, p_data jsonb default '{}')
returns void language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  person record;
begin
  if coalesce(current_setting('app.quiet', true), '') = 'on' then return; end if;
  select coalesce(p_to, u.email) as address, coalesce(p.display_name, u.full_name) as name, p.locale into person
    from users u left join user_profiles p on p.org_id = u.org_id and p.user_id = u.id
   where u.org_id = p_org and u.id = p_user;
  if person.address is null then return; end if;
  if (select count(*) from (select from mails m
                             where m.org_id = p_org and m.to_email = lower(person.address) and m.template = p_template
                               and m.created_at > now() - interval '1 hour' limit 5) recent) = 5 then
    return;
  end if;
  perform queue_mail(p_org, p_template, person.address, person.name, person.locale, p_user, p_user, p_token_type,
                     jsonb_build_object('email', person.address), p_data);
end $$;
`;

const records = /* sql */ `
/* Who makes the change, as far as the program has told: app.actor_id of the transaction. */
create function current_actor_id() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.actor_id', true), '')::uuid;

create function record_history(p_org uuid, p_user uuid, p_kind text, p_change jsonb default '{}') returns void
language sql volatile set search_path = tenantry, pg_temp as $$
  insert into user_history (org_id, user_id, kind, change, actor_id) values (p_org, p_user, p_kind, p_change, current_actor_id())
$$;

/* Ends the user's sessions, except one, and tells how many. */
create function end_sessions(p_org uuid, p_user uuid, p_except uuid default null) returns integer
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  ended integer;
begin
  update sessions s set revoked_at = now()
   where s.org_id = p_org and s.user_id = p_user and s.revoked_at is null and s.id is distinct from p_except;
  get diagnostics ended = row_count;
  return ended;
end $$;

/* Every new session is a sign-in. Of a statement at once, since imports bring many. */
create function count_sign_ins() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  insert into user_activity as a (org_id, user_id, kind, day, count, last_at)
  select s.org_id, s.user_id, 'sign_in', (s.created_at at time zone 'UTC')::date, count(*), max(s.created_at)
    from added s group by 1, 2, 4
  on conflict (org_id, user_id, day, kind)
  do update set count = a.count + excluded.count, last_at = greatest(a.last_at, excluded.last_at);
  return null;
end $$;
create trigger count_sign_ins after insert on sessions referencing new table as added
  for each statement execute function count_sign_ins();
`;

const userTriggers = /* sql */ `
/* A profile, the beginning of the history, and a welcome with the link that verifies the address. */
create function record_new_users() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
declare
  newcomer record;
begin
  insert into user_profiles (org_id, user_id, locale)
  select n.org_id, n.id, nullif(current_setting('app.locale', true), '') from added n;
  insert into user_history (org_id, user_id, kind, change, actor_id)
  select n.org_id, n.id, 'created',
         jsonb_strip_nulls(jsonb_build_object('email', n.email, 'username', n.username, 'status', n.status)),
         coalesce(n.created_by, current_actor_id())
    from added n;
  if coalesce(current_setting('app.quiet', true), '') <> 'on' then
    for newcomer in select n.org_id, n.id from added n where n.email is not null and n.email_verified_at is null loop
      perform mail_user(newcomer.org_id, newcomer.id, 'welcome', 'email_verification');
    end loop;
  end if;
  return null;
end $$;
create trigger record_new after insert on users referencing new table as added
  for each statement execute function record_new_users();

/*
 * Decides what an UPDATE of a user means before it is written. Its name comes before "touch" in the alphabet, which is
 * the order of triggers: version and updated_at follow what is really written.
 */
create function settle_user_change() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  if new.email is distinct from old.email and coalesce(current_setting('app.email_change', true), '') <> 'confirmed' then
    if old.email is not null and new.email is not null then
      -- Whoever mistypes, or steals a session, must not take the account away from its address.
      new.pending_email := new.email;
      new.pending_email_at := clock_timestamp();
      new.email := old.email;
      new.email_verified_at := old.email_verified_at;
    else
      new.pending_email := null;
      if new.email is null or new.email_verified_at is not distinct from old.email_verified_at then
        new.email_verified_at := null;
      end if;
    end if;
  end if;
  if new.pending_email is null then
    new.pending_email_at := null;
  elsif new.pending_email is distinct from old.pending_email then
    new.pending_email_at := clock_timestamp();
  end if;

  -- The same password under stronger parameters is no new password.
  if new.password_hash is distinct from old.password_hash
     and coalesce(current_setting('app.password_renewal', true), '') <> 'on' then
    new.password_changed_at := now();
    if new.password_hash is not null and old.status = 'initializing' and new.status = 'initializing' then
      new.status := 'active';
    end if;
  end if;
  return new;
end $$;
create trigger settle before update of email, email_verified_at, pending_email, password_hash, status on users
  for each row execute function settle_user_change();

/* What follows from a change of a user, whoever made it. */
create function record_user_change() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  if new.pending_email_at is distinct from old.pending_email_at and new.pending_email is not null then
    perform record_history(new.org_id, new.id, 'email_change_requested', jsonb_build_object('from', new.email, 'to', new.pending_email));
    perform mail_user(new.org_id, new.id, token_mail_template(new.org_id, 'email_change'), 'email_change', new.pending_email);
    perform mail_user(new.org_id, new.id, 'email-change-notice', null, new.email, jsonb_build_object('newEmail', new.pending_email));
  elsif new.pending_email is null and old.pending_email is not null then
    perform end_tokens(new.org_id, new.id, array['email_change']);
    if new.email is distinct from old.pending_email then
      perform record_history(new.org_id, new.id, 'email_change_withdrawn', jsonb_build_object('to', old.pending_email));
    end if;
  end if;

  if new.email is distinct from old.email then
    perform record_history(new.org_id, new.id, 'email_changed', jsonb_build_object('from', old.email, 'to', new.email));
    if old.email is not null then
      -- Links that went to the old address.
      perform end_tokens(new.org_id, new.id);
    end if;
    if new.email is null then
      perform mail_user(new.org_id, new.id, 'email-change-notice', null, old.email, jsonb_build_object('newEmail', null));
    elsif new.email_verified_at is null then
      perform mail_user(new.org_id, new.id, token_mail_template(new.org_id, 'email_verification'), 'email_verification');
    end if;
  end if;
  if new.email_verified_at is not null and (old.email_verified_at is null or new.email is distinct from old.email) then
    perform end_tokens(new.org_id, new.id, array['email_verification']);
    perform record_history(new.org_id, new.id, 'email_verified', jsonb_build_object('email', new.email));
  end if;

  if new.username is distinct from old.username then
    perform record_history(new.org_id, new.id, 'username_changed', jsonb_build_object('from', old.username, 'to', new.username));
  end if;
  if new.phone_number is distinct from old.phone_number then
    perform record_history(new.org_id, new.id, 'phone_number_changed', jsonb_build_object('from', old.phone_number, 'to', new.phone_number));
  end if;
  if new.full_name is distinct from old.full_name then
    perform record_history(new.org_id, new.id, 'full_name_changed', jsonb_build_object('from', old.full_name, 'to', new.full_name));
  end if;

  if new.password_hash is distinct from old.password_hash
     and coalesce(current_setting('app.password_renewal', true), '') <> 'on' then
    -- Whoever came in with the old password, or holds a link that was asked for before, is out.
    perform end_sessions(new.org_id, new.id, nullif(current_setting('app.session_id', true), '')::uuid);
    perform end_tokens(new.org_id, new.id, array['password_reset', 'magic_link']);
    delete from known_devices d where d.org_id = new.org_id and d.user_id = new.id;
    if old.password_hash is null then
      perform record_history(new.org_id, new.id, 'password_set');
    else
      perform record_history(new.org_id, new.id, case when new.password_hash is null then 'password_removed' else 'password_changed' end);
      perform mail_user(new.org_id, new.id, 'password-changed');
    end if;
  end if;

  if new.status is distinct from old.status then
    perform record_history(new.org_id, new.id, 'status_changed', jsonb_build_object('from', old.status, 'to', new.status));
    if new.status in ('locked', 'deactivated') then
      perform end_sessions(new.org_id, new.id);
      perform end_tokens(new.org_id, new.id);
    end if;
  end if;
  return null;
end $$;
create trigger record_change after update on users for each row
  when ((old.email, old.pending_email_at, old.email_verified_at, old.username, old.phone_number, old.full_name, old.password_hash, old.status)
        is distinct from
        (new.email, new.pending_email_at, new.email_verified_at, new.username, new.phone_number, new.full_name, new.password_hash, new.status))
  execute function record_user_change();
`;

const accountSteps = /* sql */ `
/* Runs as the user for the history, whoever has asked: the token, or the session, has proven who it is. Returns the actor before. */
create function act_as(p_actor uuid) returns uuid language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  before constant uuid := current_actor_id();
begin
  perform set_config('app.actor_id', coalesce(p_actor::text, ''), true);
  return before;
end $$;

/* The user whose address the token verifies, or null. */
create function verify_email(p_org uuid, p_token text) returns uuid
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  token record;
  verified uuid;
  actor_before uuid;
begin
  select * into token from consume_token(p_org, 'email_verification', p_token);
  if not found then return null; end if;
  actor_before := act_as(token.user_id);
  -- The address that the mail went to, and no other.
  update users u set email_verified_at = coalesce(u.email_verified_at, now())
   where u.org_id = p_org and u.id = token.user_id and u.email = token.payload->>'email'
  returning u.id into verified;
  perform act_as(actor_before);
  return verified;
end $$;

/*
 * Sets a new password with a reset token and gives the user's id, or null. It ends everything that somebody else may have
 * begun: all sessions, all other tokens, a pending change of the address. The hash is made by the program.
 */
create function reset_password(p_org uuid, p_token text, p_password_hash text) returns uuid
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

/*
 * A new password for somebody who has proven the old one: ends every session but p_session and gives their number, or
 * null when the old hash is no longer the one that was proven.
 */
create function change_password(p_org uuid, p_user uuid, p_proven_hash text, p_password_hash text, p_session uuid)
returns integer language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  actor_before uuid;
  session_before constant text := coalesce(current_setting('app.session_id', true), '');
  ended integer;
begin
  perform from users u where u.org_id = p_org and u.id = p_user and u.password_hash = p_proven_hash for no key update;
  if not found then return null; end if;
  actor_before := act_as(p_user);
  perform set_config('app.session_id', coalesce(p_session::text, ''), true);
  -- Before the trigger does it, for the number. Nobody signs in meanwhile: that takes the user's lock.
  ended := end_sessions(p_org, p_user, p_session);
  update users u set password_hash = p_password_hash, updated_by = p_user where u.org_id = p_org and u.id = p_user;
  perform set_config('app.session_id', session_before, true);
  perform act_as(actor_before);
  return ended;
end $$;

/* The same password hashed anew: no change, as far as anybody is concerned. */
create function renew_password_hash(p_org uuid, p_user uuid, p_proven_hash text, p_password_hash text) returns boolean
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  is_renewed boolean;
begin
  perform set_config('app.password_renewal', 'on', true);
  update users u set password_hash = p_password_hash
   where u.org_id = p_org and u.id = p_user and u.password_hash = p_proven_hash;
  is_renewed := found;
  perform set_config('app.password_renewal', '', true);
  return is_renewed;
end $$;

/*
 * Asks for another address: it is pending until the link in a mail to it is opened, and the old address is told. A user
 * without one gets it at once, unverified. The present address, or null, withdraws what was asked for. Whether the address
 * is somebody else's shows when it is confirmed: before, the answer would tell who has an account.
 */
create function request_email_change(p_org uuid, p_user uuid, p_new_email text) returns void
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  wanted constant text := lower(p_new_email);
begin
  update users u
     set email = coalesce(wanted, u.email),
         pending_email = case when coalesce(wanted, u.email) is not distinct from u.email then null else u.pending_email end
   where u.org_id = p_org and u.id = p_user;
end $$;

/* The user who has the new address from now on, or null: also when somebody else has it by now. */
create function confirm_email_change(p_org uuid, p_token text) returns uuid
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  token record;
  changed uuid;
  actor_before uuid;
begin
  select * into token from consume_token(p_org, 'email_change', p_token);
  if not found then return null; end if;
  actor_before := act_as(token.user_id);
  perform set_config('app.email_change', 'confirmed', true);
  begin
    update users u set email = u.pending_email, email_verified_at = now(), pending_email = null, updated_by = u.id
     where u.org_id = p_org and u.id = token.user_id and u.pending_email = token.payload->>'email'
    returning u.id into changed;
  exception when unique_violation then
    changed := null;
  end;
  perform set_config('app.email_change', '', true);
  perform act_as(actor_before);
  return changed;
end $$;
`;

const grants = /* sql */ `
insert into server_privileges values
  ('table', 'user_profiles', 'select, insert, update, delete'),
  -- Like audit events: written once.
  ('table', 'user_history', 'select, insert'),
  ('table', 'user_activity', 'select, insert, update, delete'),
  ('table', 'verification_token_types', 'select, insert, update, delete'),
  ('function', 'verification_token_kinds()', 'execute'),
  ('function', 'max_token_seconds(text)', 'execute'),
  ('function', 'crc32_of(bytea)', 'execute'),
  ('function', 'new_token(uuid)', 'execute'),
  ('function', 'token_hash_of(text)', 'execute'),
  ('function', 'token_lifetime(uuid, text)', 'execute'),
  ('function', 'token_mail_template(uuid, text)', 'execute'),
  ('function', 'issue_token(uuid, text, uuid, uuid, jsonb, uuid)', 'execute'),
  ('function', 'check_token(uuid, text, text)', 'execute'),
  ('function', 'consume_token(uuid, text, text)', 'execute'),
  ('function', 'end_tokens(uuid, uuid, text[])', 'execute'),
  ('function', 'mail_user(uuid, uuid, text, text, text, jsonb)', 'execute'),
  ('function', 'current_actor_id()', 'execute'),
  ('function', 'record_history(uuid, uuid, text, jsonb)', 'execute'),
  ('function', 'end_sessions(uuid, uuid, uuid)', 'execute'),
  ('function', 'act_as(uuid)', 'execute'),
  ('function', 'verify_email(uuid, text)', 'execute'),
  ('function', 'reset_password(uuid, text, text)', 'execute'),
  ('function', 'change_password(uuid, uuid, text, text, uuid)', 'execute'),
  ('function', 'renew_password_hash(uuid, uuid, text, text)', 'execute'),
  ('function', 'request_email_change(uuid, uuid, text)', 'execute'),
  ('function', 'confirm_email_change(uuid, text)', 'execute');
`;
