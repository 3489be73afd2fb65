import type pg from 'pg';
import { newId } from '../src/platform/crypto/uuid.js';
import { systemRoles } from '../src/access-control/product-permissions.js';

export interface SeededOrganization {
  readonly orgId: string;
  readonly ownerId: string;
}

interface SeededUsers {
  userCount: number;
  /** The first ones have a password. */
  signingInCount: number;
  storedHash: string;
  keyHash: Buffer;
  sessions: readonly { tokenHash: Buffer }[];
}

const roles = {
  editor: ['articles:read', 'articles:write', 'articles:publish', 'media:*'],
  writer: ['articles:read', 'articles:write', 'comments:read'],
};

/** An organization with its system roles and an owner. */
export async function seedOrganization(
  client: pg.Client,
  slug: string,
  storedHash: string,
): Promise<SeededOrganization> {
  const [orgId, ownerId] = [newId(), newId()];
  await client.query('insert into organizations (id, slug, name) values ($1, $2, $2)', [orgId, slug]);
  const named = systemRoles.map(({ name, permissions }) => [name, permissions] as const);
  for (const [name, permissions] of named) await seedRole(client, orgId, name, permissions);
  await client.query(
    `insert into users (org_id, id, email, full_name, password_hash, password_changed_at, status)
     values ($1, $2, $3, 'Olga Owner', $4, now(), 'active')`,
    [orgId, ownerId, `olga@${slug}.example`, storedHash],
  );
  await client.query(
    `insert into user_roles (org_id, user_id, role_id)
     select org_id, $2, id from roles where org_id = $1 and name = 'owner'`,
    [orgId, ownerId],
  );
  return { orgId, ownerId };
}

/** Users with one role of their own and one through a team, their sessions, and a service's API key. */
export async function seedUsers(
  client: pg.Client,
  { orgId, ownerId }: SeededOrganization,
  { userCount, signingInCount, storedHash, keyHash, sessions }: SeededUsers,
): Promise<void> {
  for (const [name, permissions] of Object.entries(roles)) await seedRole(client, orgId, name, permissions);
  await client.query(
    `insert into users (org_id, email, username, full_name, email_verified_at, password_hash, password_changed_at, status)
     select $1, format('user%s@acme.example', n), format('user%s', n), format('User %s', n), now(),
            case when n <= $3 then $4 end, case when n <= $3 then now() end, 'active'
       from generate_series(1, $2::integer) n`,
    [orgId, userCount, signingInCount, storedHash],
  );
  await client.query(
    `with team as (insert into teams (org_id, name) values ($1, 'Newsroom') returning org_id, id),
          carries as (
            insert into team_roles (org_id, team_id, role_id)
            select t.org_id, t.id, r.id from team t join roles r on r.org_id = t.org_id and r.name = 'writer'),
          belongs as (
            insert into team_members (org_id, team_id, user_id)
            select t.org_id, t.id, u.id from team t join users u on u.org_id = t.org_id and u.id <> $2)
     insert into user_roles (org_id, user_id, role_id)
     select u.org_id, u.id, r.id
       from users u join roles r on r.org_id = u.org_id and r.name = 'editor'
      where u.org_id = $1 and u.id <> $2`,
    [orgId, ownerId],
  );
  await client.query(
    `insert into sessions (org_id, user_id, token_hash, ip, user_agent, amr, idle_lifetime_seconds, idle_expires_at, expires_at)
     select $1, u.id, s.token_hash, '203.0.113.7', 'Mozilla/5.0', '{pwd}', 604800, now() + interval '7 days', now() + interval '30 days'
       from unnest($2::bytea[]) with ordinality s (token_hash, ordinal)
       join (select id, row_number() over () as n from users where org_id = $1) u on u.n = 1 + s.ordinal % $3`,
    [orgId, sessions.map(({ tokenHash }) => tokenHash), userCount],
  );
  await client.query(
    `insert into api_keys (org_id, user_id, name, prefix, key_hash, permissions)
     values ($1, $2, 'service', 'ten_key_bench', $3, '{sessions:validate}')`,
    [orgId, ownerId, keyHash],
  );
}

/** 100,000 users whose names repeat as people's names do. */
export async function seedCrowd(client: pg.Client, { orgId }: SeededOrganization): Promise<void> {
  await client.query(
    `insert into users (org_id, email, username, full_name, status, created_at)
     select $1, format('%s.%s.%s@metropolis.example', lower(given), lower(family), n), format('%s%s', lower(given), n),
            given || ' ' || family, 'active', now() - make_interval(secs => n)
       from generate_series(1, 100000) n,
            lateral (select (array['Ada','Ben','Cara','Dora','Emil','Finn','Gita','Hugo','Ines','Jan'])[1 + n % 10] as given,
                            (array['Weber','Meier','Huber','Wagner','Becker','Fischer','Keller','Vogel','Winter'])[1 + n % 9]
                              || (array['','mann','stein','feld','hof','berg','bach'])[1 + n % 7] as family) names`,
    [orgId],
  );
}

export async function seedOwnerSession(
  client: pg.Client,
  { orgId, ownerId }: SeededOrganization,
  tokenHash: Buffer,
): Promise<void> {
  await client.query(
    `insert into sessions (org_id, user_id, token_hash, amr, idle_lifetime_seconds, idle_expires_at, expires_at)
     values ($1, $2, $3, '{pwd}', 604800, now() + interval '7 days', now() + interval '30 days')`,
    [orgId, ownerId, tokenHash],
  );
}

/** Organizations without anybody in them. @returns their slugs */
export async function seedOrganizations(client: pg.Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ slug: string }>(
    `insert into organizations (slug, name) select format('village-%s', n), format('Village %s', n)
       from generate_series(1, $1::integer) n returning slug`,
    [count],
  );
  return rows.map(({ slug }) => slug);
}

async function seedRole(
  client: pg.Client,
  orgId: string,
  name: string,
  permissions: readonly string[],
): Promise<void> {
  await client.query(
    `with role as (insert into roles (org_id, name) values ($1, $2) returning org_id, id)
     insert into role_permissions (org_id, role_id, permission)
     select org_id, id, unnest($3::text[]) from role`,
    [orgId, name, permissions],
  );
}
