import type { Transaction } from '../platform/database/transaction.js';

/** A part of what is kept about a person. Secrets and their hashes are in none of them. */
export interface ExportSection {
  readonly name: string;
  /** One thing, a list that is short by nature, or one that grows with the years and is read page by page. */
  readonly shape: 'one' | 'few' | 'many';
  /** Selects `item`, and `position` where there are many. $1 is the organization, $2 the user, $3 the position before, $4 the page. */
  readonly statement: string;
}

interface ExportRow {
  item: unknown;
  position?: string[];
}

/** Longer short lists than the product lets anybody have. */
const shortList = 10_000;

const one = (name: string, statement: string): ExportSection => ({ name, shape: 'one', statement });
const few = (name: string, statement: string): ExportSection => ({ name, shape: 'few', statement });

/** Rows of a table that has `created_at` and `id`, oldest first. */
const many = (name: string, source: string, item: string): ExportSection => ({
  name,
  shape: 'many',
  statement: `select ${item} as item, array[x.created_at::text, x.id::text] as position
    from ${source}
     and ($3::text[] is null or (x.created_at, x.id) > (($3::text[])[1]::timestamptz, ($3::text[])[2]::uuid))
   order by x.created_at, x.id limit $4`,
});

export const exportSections: readonly ExportSection[] = [
  one(
    'user',
    `select json_build_object(
              'id', u.id, 'email', u.email, 'emailVerifiedAt', iso_time(u.email_verified_at),
              'pendingEmail', u.pending_email, 'username', u.username, 'phoneNumber', u.phone_number,
              'fullName', u.full_name, 'status', u.status, 'metadata', u.metadata,
              'passwordChangedAt', iso_time(u.password_changed_at), 'lastLoginAt', iso_time(u.last_login_at),
              'createdAt', iso_time(u.created_at), 'updatedAt', iso_time(u.updated_at)) as item
       from users u where u.org_id = $1 and u.id = $2`,
  ),
  one(
    'profile',
    `select json_build_object(
              'displayName', p.display_name, 'givenName', p.given_name, 'familyName', p.family_name,
              'locale', p.locale, 'timeZone', p.time_zone, 'metadata', p.user_metadata,
              'updatedAt', iso_time(p.updated_at)) as item
       from user_profiles p where p.org_id = $1 and p.user_id = $2`,
  ),
  few(
    'roles',
    `select json_build_object('role', r.name, 'team', t.name, 'expiresAt', iso_time(g.expires_at)) as item
       from user_grants g
       join roles r on r.org_id = g.org_id and r.id = g.role_id
       left join teams t on t.org_id = g.org_id and t.id = g.team_id
      where g.org_id = $1 and g.user_id = $2 order by r.name, t.name nulls first`,
  ),
  few(
    'teams',
    `select json_build_object('name', t.name, 'since', iso_time(m.created_at)) as item
       from team_members m join teams t on t.org_id = m.org_id and t.id = m.team_id
      where m.org_id = $1 and m.user_id = $2 order by t.name`,
  ),
  few(
    'pictures',
    `select json_build_object('type', m.type, 'size', m.size, 'width', m.width, 'height', m.height,
                              'createdAt', iso_time(m.created_at)) as item
       from media m where m.org_id = $1 and m.user_id = $2 order by m.created_at`,
  ),
  few(
    'knownDevices',
    `select json_build_object('createdAt', iso_time(d.created_at), 'lastUsedAt', iso_time(d.last_used_at)) as item
       from known_devices d where d.org_id = $1 and d.user_id = $2 order by d.created_at`,
  ),
  few(
    'linkedAccounts',
    `select json_build_object('provider', p.display_name, 'issuer', a.issuer, 'subject', a.subject, 'said', a.profile,
                              'linkedAt', iso_time(a.created_at), 'lastUsedAt', iso_time(a.last_used_at)) as item
       from oauth_accounts a join oauth_providers p on p.org_id = a.org_id and p.id = a.provider_id
      where a.org_id = $1 and a.user_id = $2 order by a.created_at`,
  ),
  few(
    'invitations',
    `select json_build_object('email', i.email, 'state', i.state, 'message', i.message,
                              'createdAt', iso_time(i.created_at), 'acceptedAt', iso_time(i.accepted_at)) as item
       from invitations i where i.org_id = $1 and i.user_id = $2 order by i.created_at`,
  ),
  many(
    'sessions',
    'sessions x where x.org_id = $1 and x.user_id = $2 and x.revoked_at is null',
    `json_build_object('id', x.id, 'ip', host(x.ip), 'userAgent', x.user_agent, 'methods', x.amr,
       'createdAt', iso_time(x.created_at), 'lastUsedAt', iso_time(x.last_used_at), 'expiresAt', iso_time(x.expires_at))`,
  ),
  many(
    'apiKeys',
    'api_keys x where x.org_id = $1 and x.user_id = $2',
    `json_build_object('id', x.id, 'name', x.name, 'prefix', x.prefix, 'permissions', x.permissions,
       'createdAt', iso_time(x.created_at), 'lastUsedAt', iso_time(x.last_used_at), 'expiresAt', iso_time(x.expires_at))`,
  ),
  many(
    'mails',
    'mails x where x.org_id = $1 and x.user_id = $2',
    `json_build_object('to', x.to_email, 'template', x.template, 'locale', x.locale, 'state', x.state,
       'createdAt', iso_time(x.created_at), 'sentAt', iso_time(x.sent_at))`,
  ),
  many(
    'history',
    'user_history x where x.org_id = $1 and x.user_id = $2',
    `json_build_object('kind', x.kind, 'change', x.change, 'byOneself', x.actor_id = x.user_id,
       'createdAt', iso_time(x.created_at))`,
  ),
  {
    name: 'activity',
    shape: 'many',
    statement: `select json_build_object('kind', x.kind, 'day', x.day, 'count', x.count,
                         'lastAt', iso_time(x.last_at)) as item, array[x.day::text, x.kind] as position
      from user_activity x
     where x.org_id = $1 and x.user_id = $2
       and ($3::text[] is null or (x.day, x.kind) > (($3::text[])[1]::date, ($3::text[])[2]))
     order by x.day, x.kind limit $4`,
  },
  many(
    'auditEvents',
    `audit_events x where x.org_id = $1 and x.actor_id = $2 and x.actor_type = 'user'`,
    `json_build_object('id', x.id, 'action', x.action, 'outcome', x.outcome, 'targetType', x.target_type,
       'targetId', x.target_id, 'change', x.change, 'ip', host(x.ip), 'userAgent', x.user_agent,
       'createdAt', iso_time(x.created_at))`,
  ),
];

/** One page of a section; of a short list all. */
export async function readExportPage(
  tx: Transaction,
  { shape, statement }: ExportSection,
  userId: string,
  after: string[] | null,
  limit: number,
): Promise<ExportRow[]> {
  const values = [tx.organizationId, userId];
  if (shape === 'many') return tx.query<ExportRow>(statement, [...values, after, limit]);
  const rows = await tx.query<ExportRow>(`${statement} limit ${shortList}`, values);
  return rows;
}
