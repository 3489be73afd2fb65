import type { TestApp, TestOrganization, TestUser } from '../support/test-app.js';

export interface QueuedMail {
  template: string;
  to: string;
  name?: string | null;
  userId?: string | null;
  tokenType?: string | null;
  data?: Record<string, unknown>;
  locale?: string | null;
}

/** Queues a mail as any program with SQL access does. @returns its id */
export async function queueMail(
  app: TestApp,
  organization: TestOrganization,
  mail: QueuedMail,
): Promise<string> {
  const [row] = await app.sql('select queue_mail($1, $2, $3, $4, $5, $6, $6, $7, null, $8) as id', [
    organization.id,
    mail.template,
    mail.to,
    mail.name ?? null,
    mail.locale ?? null,
    mail.userId ?? null,
    mail.tokenType ?? null,
    JSON.stringify(mail.data ?? {}),
  ]);
  return row.id;
}

/** A reset mail for a user, with a link. */
export function queueReset(app: TestApp, organization: TestOrganization, user: TestUser): Promise<string> {
  return queueMail(app, organization, {
    template: 'reset-password',
    to: user.email,
    name: 'Max Member',
    userId: user.id,
    tokenType: 'password_reset',
  });
}

interface MailRow {
  state: string;
  attempts: number;
  last_answer: string | null;
  message_id: string | null;
  due_in: number;
}

export async function mailOf(app: TestApp, id: string): Promise<MailRow> {
  const [row] = await app.sql<MailRow>(
    `select state, attempts, last_answer, message_id, extract(epoch from due_at - now())::double precision as due_in
       from mails where id = $1`,
    [id],
  );
  return row!;
}

/** Whether a token would be taken now. */
export async function isAlive(
  app: TestApp,
  organization: TestOrganization,
  type: string,
  token: string | null,
): Promise<boolean> {
  const [row] = await app.sql('select check_token($1, $2, $3) as alive', [organization.id, type, token]);
  return row.alive;
}

/** Tells, each time it is asked, what was audited since it was asked last. */
export function auditOf(app: TestApp, organization: TestOrganization): () => Promise<string[]> {
  let told = 0;
  return async () => {
    const events = await app.given.auditOf(organization);
    const fresh = events.slice(told);
    told = events.length;
    return fresh;
  };
}
