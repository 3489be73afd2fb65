import type { Transaction } from '../../platform/database/transaction.js';
import type { Allowed } from '../grants/allowance.rules.js';
import type { GrantPayload } from '../grants/grant-payload.rules.js';

export interface GrantedApplicationRow {
  id: string;
  name: string;
  consent: 'required' | 'none';
  client_uri: string | null;
  logo_media_id: string | null;
  since: Date;
  /** `since` in full precision: a position in the list. */
  position: string;
  allowed: Allowed | null;
  /** Of the sessions that live now. */
  grants: GrantPayload[];
}

/** The applications that a user has allowed something, or uses in a living session; those of latest first. */
export function listGrantedApplications(
  tx: Transaction,
  userId: string,
  before: { since: string; id: string } | null,
  limit: number,
): Promise<GrantedApplicationRow[]> {
  return tx.query<GrantedApplicationRow>(
    `with living as (
       select g.application_id, g.payload, g.created_at
         from oidc_grants g
         join sessions s on s.org_id = g.org_id and s.id = g.session_id
        where g.org_id = $1 and g.user_id = $2 and g.revoked_at is null
          and s.revoked_at is null and s.expires_at > now()),
     used as (
       select u.application_id, min(u.created_at) as since
         from (select l.application_id, l.created_at from living l
               union all
               select c.application_id, c.created_at from oidc_consents c where c.org_id = $1 and c.user_id = $2) u
        group by u.application_id)
     select a.id, a.name, a.consent, a.client_uri, u.since, u.since::text as position, c.allowed,
            (select m.id from media m where m.org_id = a.org_id and m.application_id = a.id) as logo_media_id,
            coalesce((select json_agg(l.payload) from living l where l.application_id = a.id), '[]') as grants
       from used u
       join applications a on a.org_id = $1 and a.id = u.application_id
       left join oidc_consents c on c.org_id = $1 and c.user_id = $2 and c.application_id = a.id
      where $3::timestamptz is null or (u.since, a.id) < ($3, $4::uuid)
      order by u.since desc, a.id desc limit $5`,
    [tx.organizationId, userId, before?.since ?? null, before?.id ?? null, limit],
  );
}

/** @returns whether there was anything to take back */
export async function removeAllowance(
  tx: Transaction,
  userId: string,
  applicationId: string,
): Promise<boolean> {
  const rows = await tx.query(
    `with forgotten as (
       delete from oidc_consents where org_id = $1 and user_id = $2 and application_id = $3 returning 1),
     ended as (
       update oidc_grants set revoked_at = now()
        where org_id = $1 and user_id = $2 and application_id = $3 and revoked_at is null returning 1)
     select 1 from forgotten union all select 1 from ended`,
    [tx.organizationId, userId, applicationId],
  );
  return rows.length > 0;
}
