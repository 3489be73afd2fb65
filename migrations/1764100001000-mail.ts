import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox, templates per organization, and the one function through which every program queues a mail. */
export class Mail1764100001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(jobs);
    await runner.query(queueing);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('Queued mails would be lost: drop the schema instead');
  }
}

const tables = /* sql */ `
/*
 * One row a mail. No token and no link is ever stored: the token is minted when the mail is sent, so that a link in a
 * mail that was late lives as long as one that was not.
 */
create table mails (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  user_id uuid,
  /* Whom or what the token is about where that is no user: an invitation. */
  subject_id uuid,
  to_email text not null
    check (to_email = lower(to_email) and length(to_email) <= 254 and to_email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
  to_name text check (length(to_name) between 1 and 200 and to_name !~ '[[:cntrl:]]'),
  template text not null check (template ~ '^[a-z][a-z0-9-]{0,63}$'),
  locale text check (locale ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$' and length(locale) <= 35),
  token_type text,
  token_payload jsonb not null default '{}' check (jsonb_typeof(token_payload) = 'object'),
  /* Whether somebody sits and waits for what it carries: a link to sign in, not an invitation or a notice. */
  is_awaited boolean not null generated always as (coalesce(token_type, 'invitation') <> 'invitation') stored,
  data jsonb not null default '{}' check (jsonb_typeof(data) = 'object' and octet_length(data::text) <= 16384),
  /* Shows what a template looks like, to whoever writes it: with a made-up link and no token. */
  is_test boolean not null default false,
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'dead')),
  attempts integer not null default 0,
  last_answer text check (length(last_answer) <= 1000),
  /*
   * One delivery is one message to the person who gets it, however many attempts it takes; sending again is another
   * delivery. Links of one delivery stay alive beside each other, and its Message-ID is one.
   */
  delivery_id uuid not null default new_id(),
  message_id text,
  queued_at timestamptz not null default now(),
  /* When a worker may take it: the next attempt, or the end of the claim of the worker that has it. */
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, user_id) references users (org_id, id) on delete cascade
);
create index mails_by_creation on mails (org_id, created_at, id);
create index mails_by_recipient on mails (org_id, to_email, created_at, id);
create index mails_by_user on mails (org_id, user_id) where user_id is not null;
create index mails_waiting on mails (org_id, is_awaited, due_at) where state in ('queued', 'failed', 'sending');
create index mails_dead on mails (org_id) where state = 'dead';

/* What an organization says in place of the shipped text. */
create table mail_templates (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (name ~ '^[a-z][a-z0-9-]{0,63}$'),
  locale text not null check (locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
  subject text not null check (length(subject) between 1 and 200),
  text text not null check (length(text) between 1 and 20000),
  html text check (length(html) between 1 and 60000),
  sender_name text check (length(sender_name) between 1 and 100 and sender_name !~ '[[:cntrl:]]'),
  reply_to text check (length(reply_to) <= 254),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint mail_templates_taken unique (org_id, name, locale)
);
create trigger touch before update on mail_templates for each row execute function touch_row();
`;

const jobs = /* sql */ `
/*
 * The turn of a mail, the smallest first: how many of the organization's mails wait before it. So the next mail of each
 * organization comes before the second of any, and ten thousand invitations of one delay nobody else. Mails that somebody
 * waits for are counted apart from the others, whose turns begin later: an organization's own invitations do not delay its
 * resets, nor do those of the others, unless so many are asked for at once that it would starve the invitations.
 *
 * Turns end at 256, behind which mails go by their time; counting further would cost whoever queues many.
 */
create function mail_turn(p_is_awaited boolean, p_before bigint) returns integer language sql immutable parallel safe
  return least(p_before, 256)::integer + case when p_is_awaited then 1 else 32 end;

/*
 * Makes the worker look at a mail when it is due. As the owner, because nobody else may add jobs by this way; it adds
 * none but for a mail that waits, so there is nothing to gain by calling it. Without a worker's schema (a database that
 * no server has seen yet) the mail waits for wake_due_mails, which knows how many are before it.
 */
create function wake_mail(p_org uuid, p_mail uuid, p_before bigint default null) returns void
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  mail record;
begin
  select m.due_at, m.is_awaited into mail from mails m
   where m.org_id = p_org and m.id = p_mail and m.state in ('queued', 'failed', 'sending');
  if not found or to_regclass('graphile_worker._private_jobs') is null then return; end if;
  if p_before is null then
    -- At the same time means of the same transaction, in which those before it were queued.
    select count(*) into p_before
      from (select from mails m
             where m.org_id = p_org and m.is_awaited = mail.is_awaited and m.state in ('queued', 'failed', 'sending')
               and m.due_at <= mail.due_at and m.id <> p_mail limit 256) before;
  end if;
  perform graphile_worker.add_job('send-mail',
    json_build_object('organizationId', p_org, 'mailId', p_mail),
    run_at => mail.due_at, max_attempts => 5, job_key => 'mail:' || p_org || ':' || p_mail,
    priority => mail_turn(mail.is_awaited, p_before));
end $$;

/*
 * Wakes mails that nobody took although they were due: queued before there was a worker, claimed by one that died, or late
 * because others had their turn. Those of an organization move up with it. Returns how many.
 */
create function wake_due_mails(p_limit integer) returns integer
language plpgsql security definer set search_path = tenantry, pg_temp as $$
declare
  most constant integer := least(p_limit, 1000);
  due record;
  woken integer := 0;
begin
  for due in
    -- From one organization to the next by the index: nobody reads a million mails of one to find another.
    with recursive queues as (
      (select m.org_id, m.is_awaited from mails m where m.state in ('queued', 'failed', 'sending')
        order by m.org_id, m.is_awaited limit 1)
      union all
      select behind.org_id, behind.is_awaited from queues q cross join lateral
        (select m.org_id, m.is_awaited from mails m
          where m.state in ('queued', 'failed', 'sending') and (m.org_id, m.is_awaited) > (q.org_id, q.is_awaited)
          order by m.org_id, m.is_awaited limit 1) behind)
    select q.org_id, late.id, late.before from queues q cross join lateral
      (select m.id, row_number() over (order by m.due_at) - 1 as before from mails m
        where m.org_id = q.org_id and m.is_awaited = q.is_awaited and m.state in ('queued', 'failed', 'sending')
          and m.due_at <= now()
        order by m.due_at limit most) late
     order by mail_turn(q.is_awaited, late.before) limit most
  loop
    perform wake_mail(due.org_id, due.id, due.before);
    woken := woken + 1;
  end loop;
  return woken;
end $$;

/* For the metrics: numbers over all organizations, and nothing else of them. */
create function count_waiting_mails(out queued bigint, out dead bigint)
language sql stable security definer set search_path = tenantry, pg_temp as $$
  select (select count(*) from (select from mails m where m.state in ('queued', 'failed', 'sending') limit 100000) waiting),
         (select count(*) from (select from mails m where m.state = 'dead' limit 100000) given_up)
$$;
`;

const queueing = /* sql */ `
/* Puts a mail into the outbox with the change that causes it. The token that it needs is minted when it is sent. */
create function queue_mail(
  p_org uuid, p_template text, p_to_email text, p_to_name text, p_locale text, p_user uuid, p_subject uuid,
  p_token_type text, p_token_payload jsonb, p_data jsonb) returns uuid
language plpgsql set search_path = tenantry, pg_temp as $$
declare
  queued uuid;
begin
  insert into mails (org_id, template, to_email, to_name, locale, user_id, subject_id, token_type, token_payload, data)
  values (p_org, p_template, lower(p_to_email),
          -- A name is shown, never parsed; still nothing in it may end a header.
          nullif(left(btrim(regexp_replace(p_to_name, '[[:cntrl:]]+', ' ', 'g')), 200), ''),
          p_locale, p_user, p_subject, p_token_type, coalesce(p_token_payload, '{}'), coalesce(p_data, '{}'))
  returning id into queued;
  perform wake_mail(p_org, queued);
  return queued;
end $$;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'mails', 'select, insert, update, delete'),
  ('table', 'mail_templates', 'select, insert, update, delete'),
  ('function', 'queue_mail(uuid, text, text, text, text, uuid, uuid, text, jsonb, jsonb)', 'execute'),
  ('function', 'mail_turn(boolean, bigint)', 'execute'),
  ('function', 'wake_mail(uuid, uuid, bigint)', 'execute'),
  ('function', 'wake_due_mails(integer)', 'execute'),
  ('function', 'count_waiting_mails()', 'execute');
`;
