/*
 * What the floors ask. The joins are those of `find_principals`, without its row-level security, function call, uses to
 * record and explanations of grants.
 */

const granted = (org: string, user: string): string => `cross join lateral (
  select coalesce(array_agg(distinct r.name), '{}') as role_names,
         coalesce(array_agg(distinct p.permission) filter (where p.permission is not null), '{}') as permission_names
    from tenantry.user_grants g
    join tenantry.roles r on r.org_id = g.org_id and r.id = g.role_id
    left join tenantry.role_permissions p on p.org_id = g.org_id and p.role_id = g.role_id
   where g.org_id = ${org} and g.user_id = ${user}) g`;

const answer = `json_build_object(
  'active', true,
  'session', json_build_object(
    'id', s.id, 'expiresAt', least(s.expires_at, s.idle_expires_at),
    'authenticatedAt', s.auth_time, 'methods', s.amr),
  'user', json_build_object(
    'id', u.id, 'email', u.email, 'emailVerified', u.email_verified_at is not null,
    'username', u.username, 'fullName', u.full_name),
  'organization', json_build_object('id', o.id, 'slug', o.slug),
  'roles', g.role_names, 'permissions', g.permission_names)::text`;

const sessionIsValid = `s.revoked_at is null and s.expires_at > now() and s.idle_expires_at > now()
  and s.created_at > o.sessions_revoked_at and u.status = 'active' and o.status = 'active'`;

const sessionJoins = `
  join tenantry.users u on u.org_id = s.org_id and u.id = s.user_id
  join tenantry.organizations o on o.id = s.org_id
  ${granted('s.org_id', 's.user_id')}`;

const keyJoins = `
  join tenantry.users u on u.org_id = k.org_id and u.id = k.user_id
  join tenantry.organizations o on o.id = k.org_id
  ${granted('k.org_id', 'k.user_id')}`;

const keyIsValid = `(k.expires_at is null or k.expires_at > now()) and u.status = 'active' and o.status = 'active'`;

/** One session: organization, hash of the token. */
export const oneSession = `
  select ${answer} as answer from tenantry.sessions s ${sessionJoins}
   where s.org_id = $1 and s.token_hash = $2 and ${sessionIsValid}`;

/** One API key and one session: organization, hash of the key, hash of the token. */
export const oneKeyAndSession = `
  select k.permissions, g.permission_names, (
           select ${answer} from tenantry.sessions s ${sessionJoins}
            where s.org_id = k.org_id and s.token_hash = $3 and ${sessionIsValid}) as answer
    from tenantry.api_keys k ${keyJoins}
   where k.org_id = $1 and k.key_hash = $2 and ${keyIsValid}`;

/** Any number of sessions. */
export const manySessions = `
  select w.ordinal::integer, ${answer} as answer
    from unnest($1::uuid[], $2::bytea[]) with ordinality as w (org_id, token_hash, ordinal)
    join tenantry.sessions s on s.org_id = w.org_id and s.token_hash = w.token_hash ${sessionJoins}
   where ${sessionIsValid}`;

/** Any number of sessions and API keys. */
export const manySecrets = `
  select w.ordinal::integer, ${answer} as answer, null::text[] as permissions, null::text[] as permission_names
    from unnest($1::text[], $2::uuid[], $3::bytea[]) with ordinality as w (kind, org_id, secret_hash, ordinal)
    join tenantry.sessions s on w.kind = 'session' and s.org_id = w.org_id and s.token_hash = w.secret_hash ${sessionJoins}
   where ${sessionIsValid}
  union all
  select w.ordinal::integer, null, k.permissions, g.permission_names
    from unnest($1::text[], $2::uuid[], $3::bytea[]) with ordinality as w (kind, org_id, secret_hash, ordinal)
    join tenantry.api_keys k on w.kind = 'api-key' and k.org_id = w.org_id and k.key_hash = w.secret_hash ${keyJoins}
   where ${keyIsValid}`;
