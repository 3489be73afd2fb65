import type { Transaction } from '../../platform/database/transaction.js';

/** The id by which an application knows a session. Of many who make the first one at the same time one does. */
export async function findOrStoreSid(
  tx: Transaction,
  sessionId: string,
  applicationId: string,
  fresh: string,
): Promise<string> {
  const find = `select sid from oidc_session_applications
                 where org_id = $1 and session_id = $2 and application_id = $3`;
  const key = [tx.organizationId, sessionId, applicationId];
  const found = await tx.queryOne<{ sid: string }>(find, key);
  if (found !== null) return found.sid;
  await tx.query(
    `insert into oidc_session_applications (org_id, session_id, application_id, sid)
     select s.org_id, s.id, $3, $4 from sessions s where s.org_id = $1 and s.id = $2 on conflict do nothing`,
    [...key, fresh],
  );
  // A session that has just been deleted has no name, and no token.
  return (await tx.queryOne<{ sid: string }>(find, key))?.sid ?? fresh;
}
