import type { Transaction } from '../platform/database/transaction.js';
import type { ClaimedPerson } from './claim-sources.rules.js';
import type { ClaimEntry, ResourceScopeEntry, ScopeEntry } from './scopes.types.js';

interface ResourceRow {
  identifier: string;
  name: string;
  accessTokenFormat: 'opaque' | 'jwt';
  accessTokenSeconds: number | null;
  scopes: ResourceScopeEntry[];
}

export interface CatalogueRow {
  slug: string;
  isPlatform: boolean;
  scopes: ScopeEntry[];
  claims: ClaimEntry[];
  resources: ResourceRow[];
}

/** Everything in one statement. */
export async function findCatalogue(tx: Transaction): Promise<CatalogueRow> {
  const row = await tx.queryOne<CatalogueRow>(
    `select o.slug, o.is_platform as "isPlatform",
            (select coalesce(json_agg(json_build_object('name', s.name, 'descriptions', s.descriptions, 'claims', s.claims)
                                      order by s.name), '[]')
               from custom_scopes s where s.org_id = o.id) as scopes,
            (select coalesce(json_agg(json_build_object('name', c.name, 'source', c.source) order by c.name), '[]')
               from custom_claims c where c.org_id = o.id) as claims,
            (select coalesce(json_agg(json_build_object(
                      'identifier', r.identifier, 'name', r.name, 'accessTokenFormat', r.access_token_format,
                      'accessTokenSeconds', r.access_token_seconds,
                      'scopes', (select coalesce(json_agg(json_build_object('name', p.name, 'description', p.description)
                                                          order by p.position), '[]')
                                   from api_resource_scopes p where p.org_id = r.org_id and p.resource_id = r.id))
                      order by r.created_at, r.id), '[]')
               from api_resources r where r.org_id = o.id) as resources
       from organizations o where o.id = $1`,
    [tx.organizationId],
  );
  return row!;
}

/** What claims can be made of, in the names that their sources use. */
export function findClaimedPerson(tx: Transaction, userId: string): Promise<ClaimedPerson | null> {
  return tx.queryOne<ClaimedPerson>(
    `select u.email, u.username, u.full_name as "fullName", u.phone_number as "phoneNumber", u.metadata,
            json_build_object('givenName', p.given_name, 'familyName', p.family_name, 'displayName', p.display_name,
                              'locale', p.locale, 'timeZone', p.time_zone,
                              'metadata', coalesce(p.user_metadata, '{}')) as profile
       from users u left join user_profiles p on p.org_id = u.org_id and p.user_id = u.id
      where u.org_id = $1 and u.id = $2`,
    [tx.organizationId, userId],
  );
}
