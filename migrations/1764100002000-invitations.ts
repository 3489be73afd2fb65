import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invitations: who may join with which roles and teams. Their secrets are verification tokens like all others. */
export class Invitations1764100002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(triggers);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back from this migration: restore the backup from before it');
  }
}

const tables = /* sql */ `
/*
 * Whoever invited is no foreign key: what they invite to is asked of them again when somebody accepts, and whoever has
 * gone invites to nothing. The same holds for the API key that they used.
 */
create table invitations (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  email text not null check (email = lower(email) and length(email) <= 254 and email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  message text check (length(message) between 1 and 500),
  locale text check (length(locale) <= 35),
  /* One that has ended by time may still be 'sent' or 'opened' here; it says 'expired' once another takes its place. */
  state text not null default 'sent' check (state in ('sent', 'opened', 'accepted', 'revoked', 'expired')),
  invited_by uuid not null,
  invited_with_key uuid,
  user_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid,
  expires_at timestamptz not null,
  opened_at timestamptz,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, user_id) references users (org_id, id) on delete set null (user_id)
);
/* One address has one invitation that it can accept. */
create unique index invitations_living on invitations (org_id, email) where state in ('sent', 'opened');
create index invitations_by_creation on invitations (org_id, created_at, id);
create index invitations_by_user on invitations (org_id, user_id) where user_id is not null;

create table invitation_roles (
  org_id uuid not null,
  invitation_id uuid not null,
  role_id uuid not null,
  expires_at timestamptz,
  primary key (org_id, invitation_id, role_id),
  foreign key (org_id, invitation_id) references invitations (org_id, id) on delete cascade,
  foreign key (org_id, role_id) references roles (org_id, id) on delete cascade
);
create index invitation_roles_by_role on invitation_roles (org_id, role_id);

create table invitation_teams (
  org_id uuid not null,
  invitation_id uuid not null,
  team_id uuid not null,
  primary key (org_id, invitation_id, team_id),
  foreign key (org_id, invitation_id) references invitations (org_id, id) on delete cascade,
  foreign key (org_id, team_id) references teams (org_id, id) on delete cascade
);
create index invitation_teams_by_team on invitation_teams (org_id, team_id);
`;

const triggers = /* sql */ `
/* A link ends with its invitation: not before, however late its mail went out, and not after. */
create function bound_invitation_token() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  select i.expires_at, case when i.state not in ('sent', 'opened') then now() end
    into new.expires_at, new.ended_at
    from invitations i where i.org_id = new.org_id and i.id = new.subject_id;
  if not found then
    raise exception 'an invitation token needs its invitation' using errcode = '23503';
  end if;
  return new;
end $$;
create trigger bound_invitation_token before insert on verification_tokens
  for each row when (new.type = 'invitation') execute function bound_invitation_token();

/* Nor does a mail go out for one that has ended. */
create function end_invitation() returns trigger language plpgsql set search_path = tenantry, pg_temp as $$
begin
  update verification_tokens set ended_at = now()
   where org_id = new.org_id and type = 'invitation' and subject_id = new.id and used_at is null and ended_at is null;
  update mails set state = 'dead', last_answer = 'The invitation has ended', updated_at = now()
   where org_id = new.org_id and to_email = new.email and subject_id = new.id and state in ('queued', 'failed');
  return null;
end $$;
create trigger end_invitation after update of state on invitations
  for each row when (new.state in ('revoked', 'expired')) execute function end_invitation();
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'invitations', 'select, insert, update, delete'),
  ('table', 'invitation_roles', 'select, insert, update, delete'),
  ('table', 'invitation_teams', 'select, insert, update, delete');
`;
