import type { Database } from '../../platform/database/database.js';

const read = { name: 'read_person', text: 'select * from tenantry.read_person($1, $2)' };

export interface PersonRow {
  email: string | null;
  is_email_verified: boolean;
  username: string | null;
  full_name: string | null;
  phone_number: string | null;
  updated_at: Date;
  display_name: string | null;
  given_name: string | null;
  family_name: string | null;
  locale: string | null;
  time_zone: string | null;
  picture_media_id: string | null;
  role_names: string[];
  permission_names: string[];
}

/** Null unless the user is active. */
export async function readPerson(
  database: Database,
  organizationId: string,
  userId: string,
): Promise<PersonRow | null> {
  const [row] = await database.call<PersonRow>(read, [organizationId, userId]);
  return row ?? null;
}
