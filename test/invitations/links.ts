import type { TestApp, TestOrganization } from '../support/test-app.js';

/** The token of the last mail of an invitation, minted as the worker mints it: by the function that is there for it. */
export async function linkOf(
  app: TestApp,
  organization: TestOrganization,
  invitationId: string,
): Promise<string> {
  const [issued] = await app.sql<{ token: string }>(
    `select issue_token(m.org_id, m.token_type, m.user_id, m.subject_id, m.token_payload, m.id) as token
       from mails m where m.org_id = $1 and m.subject_id = $2 order by m.id desc limit 1`,
    [organization.id, invitationId],
  );
  return issued!.token;
}
