import type { Issuer } from '../issuer.types.js';
import type { PersonRow } from './people.queries.js';

/** What is known of a person, in the words of OpenID Connect. What nobody knows is left out. */
export function personClaims(
  person: PersonRow,
  issuer: Issuer,
  picture: string | null,
): Record<string, unknown> {
  const parts = [person.given_name, person.family_name].filter((part) => part !== null);
  return {
    name:
      person.full_name ??
      (parts.length > 0 ? parts.join(' ') : undefined) ??
      person.display_name ??
      undefined,
    given_name: person.given_name ?? undefined,
    family_name: person.family_name ?? undefined,
    nickname: person.display_name ?? undefined,
    preferred_username: person.username ?? undefined,
    picture: picture ?? undefined,
    locale: person.locale ?? undefined,
    zoneinfo: person.time_zone ?? undefined,
    updated_at: Math.floor(person.updated_at.getTime() / 1_000),
    email: person.email ?? undefined,
    email_verified: person.email === null ? undefined : person.is_email_verified,
    phone_number: person.phone_number ?? undefined,
    // Nobody has called it yet.
    phone_number_verified: person.phone_number === null ? undefined : false,
    organization: { id: issuer.id, slug: issuer.slug, name: issuer.name },
    roles: person.role_names,
    permissions: person.permission_names,
  };
}
