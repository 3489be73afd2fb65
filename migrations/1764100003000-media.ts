import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures of people and logos of organizations: rows here, their bytes in a storage, and what has to leave it. */
export class Media1764100003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(deletions);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back from this migration: restore the backup from before it');
  }
}

const tables = /* sql */ `
/* Rows are never changed: another picture is another row, so that what a link shows stays the same for ever. */
create table media (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  kind text not null check (kind in ('picture', 'logo')),
  user_id uuid,
  /* Everything is encoded anew into this one type. */
  type text not null default 'image/webp' check (type = 'image/webp'),
  size integer not null check (size > 0),
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  content_hash bytea not null check (octet_length(content_hash) = 32),
  storage_key text not null check (storage_key ~ '^[0-9a-f]{48}$'),
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, id),
  unique (org_id, storage_key),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade,
  constraint media_owner check ((kind = 'picture') = (user_id is not null))
);
create index media_by_user on media (org_id, user_id) where user_id is not null;
create unique index media_one_logo on media (org_id, kind) where kind = 'logo';

alter table user_profiles
  add constraint user_profiles_picture foreign key (org_id, picture_media_id)
  references media (org_id, id) on delete set null (picture_media_id);
create index user_profiles_by_picture on user_profiles (org_id, picture_media_id) where picture_media_id is not null;
`;

const deletions = /* sql */ `
/*
 * Objects that must leave the storage once they are due. It belongs to no organization, because it outlives them; a key
 * is random and says nothing of whose object it was.
 *
 * An object that is about to be written is on the list too, due in an hour: if its row is never made, because a server
 * dies in between, the object goes. "attempts" is more than 0 once a worker has begun, and then no row may be made.
 */
create table media_deletions (
  storage_key text primary key check (storage_key ~ '^[0-9a-f]{48}$'),
  due_at timestamptz not null,
  attempts integer not null default 0,
  created_at timestamptz not null default now()
);
create index media_deletions_due on media_deletions (due_at);

create function announce_media_object(p_key text) returns void
language sql volatile security definer set search_path = tenantry, pg_temp as $$
  insert into media_deletions (storage_key, due_at) values (p_key, now() + interval '1 hour')
$$;

/* Takes an object off the list, in the transaction that makes its row. False where its deletion has begun. */
create function keep_media_object(p_key text) returns boolean
language plpgsql volatile security definer set search_path = tenantry, pg_temp as $$
begin
  delete from media_deletions where storage_key = p_key and attempts = 0 and due_at > now();
  return found;
end $$;

/* As the owner, because whoever deletes a user, or a cascade, knows nothing of this list. */
create function list_media_deletion() returns trigger
language plpgsql security definer set search_path = tenantry, pg_temp as $$
begin
  insert into media_deletions (storage_key, due_at) values (old.storage_key, now()) on conflict do nothing;
  return null;
end $$;
create trigger list_deletion after delete on media for each row execute function list_media_deletion();

/*
 * Gives a worker up to p_limit objects to delete, and to nobody else until it has had time to do so. What it does not
 * finish comes back after a minute, then two, four, and so on up to a day.
 */
create function take_media_deletions(p_limit integer) returns setof text
language plpgsql volatile security definer set search_path = tenantry, pg_temp as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work deletes objects' using errcode = '42501';
  end if;
  return query
  update media_deletions d
     set attempts = d.attempts + 1,
         due_at = now() + least(interval '1 minute' * power(2, least(d.attempts, 20)), interval '1 day')
   where d.storage_key in (select w.storage_key from media_deletions w where w.due_at <= now()
                            order by w.due_at limit p_limit for update skip locked)
  returning d.storage_key;
end $$;

create function finish_media_deletions(p_keys text[]) returns void
language plpgsql volatile security definer set search_path = tenantry, pg_temp as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work deletes objects' using errcode = '42501';
  end if;
  delete from media_deletions where storage_key = any(p_keys) and attempts > 0;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'media', 'select, insert, delete'),
  ('function', 'announce_media_object(text)', 'execute'),
  ('function', 'keep_media_object(text)', 'execute'),
  ('function', 'take_media_deletions(integer)', 'execute'),
  ('function', 'finish_media_deletions(text[])', 'execute');
`;
