import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Short codes beside the links of mails, for whoever reads a mail on another device than the one they sit at. */
export class ShortCodes1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(columns);
    await runner.query(codes);
    await runner.query(privileges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from server_privileges
       where name like any (array['token_code_length(%', 'add_token_code(%', 'check_code(%', 'redeem_code(%']);
      drop function redeem_code, check_code, add_token_code, token_code_length;
      alter table verification_tokens drop column code_tries, drop column code_expires_at, drop column code_hash;
      alter table verification_token_types drop column code_length;
    `);
  }
}

const columns = /* sql */ `
alter table verification_token_types
  /* Digits of the code that a mail shows beside its link; null for none. */
  add column code_length integer,
  add constraint verification_token_types_code check (
    code_length is null or code_length between 6 and 10 and type in ('email_verification', 'password_reset', 'email_change', 'magic_link'));

/*
 * A code is another way to say the same token: it belongs to the token's row, and whatever uses up or ends that ends the
 * code with it.
 */
alter table verification_tokens
  /* Made with a key that the database does not have: a million digests of six digits are computed in no time. */
  add column code_hash bytea check (octet_length(code_hash) = 32),
  add column code_expires_at timestamptz,
  add column code_tries smallint not null default 0 check (code_tries between 0 and 5),
  add check ((code_hash is null) = (code_expires_at is null));
`;

const codes = /* sql */ `
/* How many digits the codes of this type have; null where the organization wants none. */
create function token_code_length(p_org uuid, p_type text) returns integer
language sql stable set search_path = tenantry, pg_temp as $$
  select t.code_length from verification_token_types t where t.org_id = p_org and t.type = p_type
$$;

/*
 * Puts a code beside a token that was just issued, and tells how long it lives: ten minutes, and no longer than the token.
 * Null for a token that is not alive. Two codes of one mail that was sent twice share their tries.
 */
create function add_token_code(p_org uuid, p_type text, p_token text, p_code_hash bytea) returns interval
language sql volatile set search_path = tenantry, pg_temp as $$
  update verification_tokens t
     set code_hash = p_code_hash, code_expires_at = least(t.expires_at, clock_timestamp() + interval '10 minutes'),
         code_tries = coalesce((
           select max(o.code_tries) from verification_tokens o
            where o.org_id = t.org_id and o.type = t.type and o.subject_id = t.subject_id
              and o.used_at is null and o.ended_at is null), 0)
   where t.org_id = p_org and t.type = p_type and t.token_hash = token_hash_of(p_token)
     and t.used_at is null and t.ended_at is null and t.expires_at > now()
  returning t.code_expires_at - clock_timestamp()
$$;

/*
 * Counts a try at the code of what the user has to confirm, and gives the token's id if it was the right one, which does
 * not count. Counting and judging are one conditional UPDATE: of however many tries at once, five wrong ones are judged,
 * and the right one among those that come later is refused like them.
 *
 * p_code_hashes: the code under each key that a living code may have been made with. A user who is unknown (null) takes
 * the same steps. Nothing comes back, either, for a code that was used, replaced, has expired or is of another type.
 */
create function check_code(p_org uuid, p_type text, p_user uuid, p_code_hashes bytea[]) returns uuid
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  proven uuid;
begin
  -- First, as everybody who changes users does.
  perform from users u where u.org_id = p_org and u.id = p_user for no key update;
  with tried as (
    update verification_tokens t
       set code_tries = t.code_tries + case when t.code_hash = any (p_code_hashes) then 0 else 1 end
     where t.org_id = p_org and t.type = p_type and t.user_id = p_user and t.subject_id = p_user
       and t.used_at is null and t.ended_at is null and t.expires_at > now()
       and t.code_expires_at > clock_timestamp() and t.code_tries < 5
       and exists (select from users u where u.org_id = t.org_id and u.id = t.user_id and u.status in ('initializing', 'active'))
    returning t.id, t.code_hash = any (p_code_hashes) as is_right)
  select tried.id into proven from tried where tried.is_right limit 1;
  return proven;
end $$;

/*
 * Exchanges the right code for a token in clear, which verify_email, reset_password, confirm_email_change and
 * consume_token take as they take the one of the link. It replaces that one: link and code are used up together, and come
 * back together if the transaction does not commit.
 */
create function redeem_code(p_org uuid, p_type text, p_user uuid, p_code_hashes bytea[]) returns text
language plpgsql volatile set search_path = tenantry, pg_temp as $$
declare
  -- Made for wrong codes too, so that both take the same time.
  token constant text := new_token(p_org);
  proven constant uuid := check_code(p_org, p_type, p_user, p_code_hashes);
begin
  update verification_tokens t set token_hash = token_hash_of(token), code_hash = null, code_expires_at = null
   where t.org_id = p_org and t.id = proven;
  return case when found then token end;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('function', 'token_code_length(uuid, text)', 'execute'),
  ('function', 'add_token_code(uuid, text, text, bytea)', 'execute'),
  ('function', 'check_code(uuid, text, uuid, bytea[])', 'execute'),
  ('function', 'redeem_code(uuid, text, uuid, bytea[])', 'execute');
`;
