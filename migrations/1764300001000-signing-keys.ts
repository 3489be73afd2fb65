import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys that an organization signs tokens with, and a number that says when what an issuer is made of has changed. */
export class SigningKeys1764300001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(issuerVersion);
    await runner.query(tables);
    await runner.query(rotation);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error(
      'There is no way back from this migration: tokens are out there that these keys have signed',
    );
  }
}

const issuerVersion = /* sql */ `
/*
 * Raised by whatever changes what an issuer is made of, in the same transaction. Who keeps something made of it in memory
 * keeps the version with it, and uses it only while the database says the same.
 */
alter table organizations add column if not exists issuer_version bigint not null default 1;

/* As before; and another issuer version is no change of the organization. */
create or replace function touch_row() returns trigger language plpgsql as $$
declare
  unchanging constant text[] := array['version', 'updated_at', 'updated_by', 'last_login_at', 'search_text',
                                      'sessions_revoked_at', 'issuer_version'];
begin
  if to_jsonb(new) - unchanging is distinct from to_jsonb(old) - unchanging then
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  return new;
end $$;

/* For any table of an organization. */
create or replace function raise_issuer_version() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  update organizations set issuer_version = issuer_version + 1
   where id = case when tg_op = 'DELETE' then old.org_id else new.org_id end;
  perform pg_notify('issuer_changed', '');
  return null;
end $$;
`;

const tables = /* sql */ `
/*
 * "next" is published and signs nothing yet; one a kind is "active" and signs; "retired" is still published, for what it
 * has signed, and its private half is gone: nobody can sign with it any more, whatever they steal.
 */
create table signing_keys (
  org_id uuid not null references organizations (id) on delete cascade,
  /* The thumbprint of the public key (RFC 7638): it means the same key for ever, in any organization. */
  kid text not null check (kid ~ '^[A-Za-z0-9_-]{43}$'),
  alg text not null check (alg in ('ES256', 'RS256', 'EdDSA')),
  state text not null check (state in ('next', 'active', 'retired')),
  public_jwk jsonb not null check (jsonb_typeof(public_jwk) = 'object' and not public_jwk ?| array['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']),
  /* PKCS #8, sealed under ENCRYPTION_KEYS and bound to this row. */
  private_key bytea,
  published_at timestamptz not null default now(),
  /* When a next one takes over at the earliest. */
  activates_at timestamptz,
  activated_at timestamptz,
  retired_at timestamptz,
  /* When a retired one has signed nothing that is still alive. */
  remove_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, kid),
  check ((private_key is null) = (state = 'retired')),
  check ((activates_at is not null) = (state = 'next')),
  check ((activated_at is null) = (state = 'next')),
  check ((retired_at is null) = (state <> 'retired') and (remove_at is null) = (state <> 'retired'))
);
create unique index signing_keys_one_active on signing_keys (org_id, alg) where state = 'active';
create unique index signing_keys_one_next on signing_keys (org_id, alg) where state = 'next';

create trigger raise_issuer_version after insert or update or delete on signing_keys
  for each row execute function raise_issuer_version();
`;

const rotation = /* sql */ `
/*
 * Organizations in which something is due: a key to publish, to put to use or to take away, or one that is not sealed
 * under the current key ("p_seal", the bytes that such a value begins with). In the order of their ids, behind "p_after".
 */
create function organizations_with_due_signing_keys(
  p_default_days integer, p_lead_seconds integer, p_seal bytea, p_after uuid, p_limit integer)
returns setof uuid language plpgsql stable security definer set search_path = tenantry, pg_temp rows 100 as $$
begin
  if not is_platform_work() then
    raise exception 'only platform work looks for due keys' using errcode = '42501';
  end if;
  return query
  select distinct k.org_id as id
    from signing_keys k
    left join policies own on own.org_id = k.org_id and own.kind = 'signing-keys'
    left join policies platform on platform.kind = 'signing-keys'
      and platform.org_id = (select o.id from organizations o where o.is_platform)
   where (p_after is null or k.org_id > p_after)
     and (case k.state
           when 'retired' then k.remove_at <= now()
           when 'next' then k.activates_at <= now()
           else k.activated_at
                + make_interval(days => coalesce((own.document ->> 'rotationDays')::integer,
                                                 (platform.document ->> 'rotationDays')::integer, p_default_days),
                                secs => -p_lead_seconds) <= now()
             and not exists (select from signing_keys n where n.org_id = k.org_id and n.alg = k.alg and n.state = 'next')
         end
         or substring(k.private_key from 1 for octet_length(p_seal)) <> p_seal)
   order by id limit p_limit;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'signing_keys', 'select, insert, update, delete'),
  ('function', 'organizations_with_due_signing_keys(integer, integer, bytea, uuid, integer)', 'execute');
`;
