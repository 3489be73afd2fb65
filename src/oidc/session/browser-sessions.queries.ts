import type { Database } from '../../platform/database/database.js';

const read = {
  name: 'read_browser_session',
  text: 'select * from tenantry.read_browser_session($1, $2, $3)',
};
const remember = {
  name: 'store_session_application',
  text: 'select tenantry.store_session_application($1, $2, $3, $4, $5)',
};
const forget = {
  name: 'remove_session_application',
  text: 'select tenantry.remove_session_application($1, $2, $3)',
};

export interface BrowserSessionRow {
  id: string;
  user_id: string;
  amr: string[];
  auth_time: Date;
  ends_at: Date;
  /** By application id. */
  applications: Record<string, { sid: string; grantId?: string }>;
}

/** The living session behind a cookie's token, or of that id. */
export async function readBrowserSession(
  database: Database,
  organizationId: string,
  { tokenHash = null, id = null }: { tokenHash?: Buffer | null; id?: string | null },
): Promise<BrowserSessionRow | null> {
  const [row] = await database.call<BrowserSessionRow>(read, [organizationId, tokenHash, id]);
  return row ?? null;
}

export async function rememberApplication(
  database: Database,
  organizationId: string,
  sessionId: string,
  applicationId: string,
  { sid, grantId }: { sid: string; grantId: string | null },
): Promise<void> {
  await database.call(remember, [organizationId, sessionId, applicationId, sid, grantId]);
}

export async function forgetApplication(
  database: Database,
  organizationId: string,
  sessionId: string,
  applicationId: string,
): Promise<void> {
  await database.call(forget, [organizationId, sessionId, applicationId]);
}
