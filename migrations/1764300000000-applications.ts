import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications that send their users here, what they may ask for, and the APIs that they call. */
export class Applications1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(applications);
    await runner.query(logos);
    await runner.query(registration);
    await runner.query(scopes);
    await runner.query(admins);
    await runner.query(privileges);
  }

  async down(): Promise<void> {
    throw new Error('There is no way back from this migration: restore the backup from before it');
  }
}

const applications = /* sql */ `
/* The id is the client_id. Lifetimes that are null are those of the policy. */
create table applications (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (length(name) between 1 and 100),
  type text not null check (type in ('web', 'spa', 'native', 'machine')),
  status text not null default 'active' check (status in ('active', 'disabled')),
  redirect_uris text[] not null default '{}' check (cardinality(redirect_uris) <= 50),
  post_logout_redirect_uris text[] not null default '{}' check (cardinality(post_logout_redirect_uris) <= 50),
  allowed_origins text[] not null default '{}' check (cardinality(allowed_origins) <= 50),
  grant_types text[] not null check (cardinality(grant_types) between 1 and 10),
  token_endpoint_auth_method text not null
    check (token_endpoint_auth_method in ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
  require_pkce boolean not null default true,
  require_par boolean not null default false,
  dpop_bound_access_tokens boolean not null default false,
  consent text not null default 'required' check (consent in ('required', 'none')),
  client_uri text check (length(client_uri) <= 2000),
  policy_uri text check (length(policy_uri) <= 2000),
  tos_uri text check (length(tos_uri) <= 2000),
  initiate_login_uri text check (length(initiate_login_uri) <= 2000),
  backchannel_logout_uri text check (length(backchannel_logout_uri) <= 2000),
  backchannel_logout_session_required boolean not null default false,
  id_token_signing_alg text not null default 'ES256' check (id_token_signing_alg in ('ES256', 'RS256', 'EdDSA')),
  subject_type text not null default 'public' check (subject_type in ('public', 'pairwise')),
  sector_identifier text check (length(sector_identifier) <= 253),
  jwks jsonb check (jsonb_typeof(jwks) = 'object' and octet_length(jwks::text) <= 32768),
  jwks_uri text check (length(jwks_uri) <= 2000),
  access_token_format text not null default 'opaque' check (access_token_format in ('opaque', 'jwt')),
  access_token_seconds integer check (access_token_seconds between 60 and 86400),
  id_token_seconds integer check (id_token_seconds between 60 and 3600),
  refresh_idle_seconds integer check (refresh_idle_seconds between 60 and 7776000),
  refresh_absolute_seconds integer check (refresh_absolute_seconds between 60 and 7776000),
  refresh_grace_seconds integer not null default 0 check (refresh_grace_seconds between 0 and 10),
  default_max_age integer check (default_max_age >= 0),
  default_acr_values text[] not null default '{}' check (cardinality(default_acr_values) <= 10),
  /* Null: every scope but the permissions of the product, which are given by name only. */
  allowed_scopes text[] check (cardinality(allowed_scopes) <= 200),
  registered_dynamically boolean not null default false,
  /* Of the token with which who registered the application reads and changes it (RFC 7592). */
  registration_access_hash bytea check (octet_length(registration_access_hash) = 32),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  check (jwks is null or jwks_uri is null),
  check ((type in ('spa', 'native')) = (token_endpoint_auth_method = 'none')),
  check (require_pkce or type = 'web'),
  check (registered_dynamically = (registration_access_hash is not null))
);
create index applications_by_creation on applications (org_id, created_at, id);
create trigger touch before update on applications for each row execute function touch_row();

/* Two may live beside each other, so that one can take the other's place: the places are numbered, and no third is there. */
create table application_secrets (
  org_id uuid not null,
  id uuid not null default new_id(),
  application_id uuid not null,
  place smallint not null check (place in (1, 2)),
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  hint text not null check (length(hint) = 4),
  expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, id),
  constraint application_secrets_place_taken unique (org_id, application_id, place),
  constraint application_secrets_hash_taken unique (org_id, secret_hash),
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade
);

create table application_roles (
  org_id uuid not null,
  application_id uuid not null,
  role_id uuid not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, application_id, role_id),
  foreign key (org_id, application_id) references applications (org_id, id) on delete cascade,
  foreign key (org_id, role_id) references roles (org_id, id) on delete cascade
);
create index application_roles_by_role on application_roles (org_id, role_id);
`;

const logos = /* sql */ `
alter table media drop constraint media_kind_check, drop constraint media_owner;
alter table media
  add column application_id uuid,
  add foreign key (org_id, application_id) references applications (org_id, id) on delete cascade,
  add constraint media_kind_check check (kind in ('picture', 'logo', 'application_logo')),
  add constraint media_owner check (
    (kind = 'picture') = (user_id is not null) and (kind = 'application_logo') = (application_id is not null));
create unique index media_one_logo_of_application on media (org_id, application_id) where application_id is not null;
`;

const registration = /* sql */ `
/* Whoever has one may register applications by themselves (RFC 7591, "initial access token"). */
create table registration_tokens (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (length(name) between 1 and 100),
  token_hash bytea not null check (octet_length(token_hash) = 32),
  hint text not null check (length(hint) = 4),
  /* What the applications may ask for at most. */
  allowed_scopes text[] not null check (cardinality(allowed_scopes) <= 200),
  max_uses integer not null check (max_uses between 1 and 1000),
  uses integer not null default 0 check (uses between 0 and max_uses),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  primary key (org_id, id),
  constraint registration_tokens_hash_taken unique (org_id, token_hash)
);
create index registration_tokens_by_creation on registration_tokens (org_id, created_at, id);
`;

const scopes = /* sql */ `
/* A claim beyond those of OpenID Connect, and where its value comes from. */
create table custom_claims (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (length(name) between 1 and 200),
  source text not null check (length(source) between 1 and 300),
  description text check (length(description) <= 500),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint custom_claims_name_taken unique (org_id, name)
);
create trigger touch before update on custom_claims for each row execute function touch_row();

create table custom_scopes (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  name text not null check (length(name) between 1 and 100),
  /* What people read when they are asked for consent, by language. */
  descriptions jsonb not null default '{}'
    check (jsonb_typeof(descriptions) = 'object' and octet_length(descriptions::text) <= 16384),
  claims text[] not null default '{}' check (cardinality(claims) <= 50),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint custom_scopes_name_taken unique (org_id, name)
);
create trigger touch before update on custom_scopes for each row execute function touch_row();

/* An API that takes access tokens; the identifier is their audience. The product's own API is one without a row. */
create table api_resources (
  org_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  identifier text not null check (length(identifier) between 1 and 500),
  name text not null check (length(name) between 1 and 100),
  access_token_format text not null default 'jwt' check (access_token_format in ('opaque', 'jwt')),
  access_token_seconds integer check (access_token_seconds between 60 and 86400),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  updated_by uuid,
  primary key (org_id, id),
  constraint api_resources_identifier_taken unique (org_id, identifier)
);
create index api_resources_by_creation on api_resources (org_id, created_at, id);
create trigger touch before update on api_resources for each row execute function touch_row();

create table api_resource_scopes (
  org_id uuid not null,
  resource_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  description text check (length(description) <= 500),
  position smallint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, resource_id, name),
  foreign key (org_id, resource_id) references api_resources (org_id, id) on delete cascade
);
`;

/* What admins of organizations that are there already would get if these were founded now. */
const admins = /* sql */ `
insert into role_permissions (org_id, role_id, permission)
select r.org_id, r.id, p.permission
  from roles r cross join unnest(array['applications:*', 'scopes:*']) as p (permission)
 where r.is_system_role and r.name = 'admin'
on conflict do nothing;
`;

const privileges = /* sql */ `
insert into server_privileges (kind, name, privileges) values
  ('table', 'applications', 'select, insert, update, delete'),
  ('table', 'application_secrets', 'select, insert, update, delete'),
  ('table', 'application_roles', 'select, insert, update, delete'),
  ('table', 'registration_tokens', 'select, insert, update, delete'),
  ('table', 'custom_claims', 'select, insert, update, delete'),
  ('table', 'custom_scopes', 'select, insert, update, delete'),
  ('table', 'api_resources', 'select, insert, update, delete'),
  ('table', 'api_resource_scopes', 'select, insert, update, delete');
`;
