import type { Transaction } from '../platform/database/transaction.js';
import { MailTemplate } from './mail-template.entity.js';

export type TemplateContent = Pick<MailTemplate, 'subject' | 'text' | 'html' | 'senderName' | 'replyTo'>;

/** The organization's own versions of a template in any of these languages. */
export function findOwnTemplates(
  tx: Transaction,
  name: string,
  locales: readonly string[],
): Promise<(TemplateContent & { locale: string })[]> {
  return tx.query(
    `select locale, subject, text, html, sender_name as "senderName", reply_to as "replyTo"
       from mail_templates where org_id = $1 and name = $2 and locale = any($3)`,
    [tx.organizationId, name, locales],
  );
}

export function findOwnTemplate(tx: Transaction, name: string, locale: string): Promise<MailTemplate | null> {
  return tx.manager.findOneBy(MailTemplate, { orgId: tx.organizationId, name, locale });
}

export function listOwnTemplates(tx: Transaction): Promise<MailTemplate[]> {
  return tx.manager.findBy(MailTemplate, { orgId: tx.organizationId });
}

/** One change of the organization's templates after the other. @returns how many there are */
export async function lockOwnTemplates(tx: Transaction): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('mail templates ' || $1, 0))`, [
    tx.organizationId,
  ]);
  const row = await tx.queryOne<{ count: string }>('select count(*) from mail_templates where org_id = $1', [
    tx.organizationId,
  ]);
  return Number(row!.count);
}

export async function insertTemplate(
  tx: Transaction,
  template: TemplateContent & { id: string; name: string; locale: string; createdBy: string },
): Promise<void> {
  await tx.manager.insert(MailTemplate, {
    ...template,
    orgId: tx.organizationId,
    updatedBy: template.createdBy,
  });
}

export async function updateTemplate(
  tx: Transaction,
  id: string,
  content: TemplateContent & { updatedBy: string },
): Promise<void> {
  await tx.manager.update(MailTemplate, { orgId: tx.organizationId, id }, content);
}

export async function deleteTemplate(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(MailTemplate, { orgId: tx.organizationId, id });
}

export interface TemplateReader {
  readonly email: string | null;
  readonly fullName: string | null;
  readonly organizationName: string;
}

/** Whoever asks for a preview or a test. */
export async function findReader(tx: Transaction, userId: string): Promise<TemplateReader> {
  const row = await tx.queryOne<TemplateReader>(
    `select u.email, u.full_name as "fullName", o.name as "organizationName"
       from organizations o left join users u on u.org_id = o.id and u.id = $2 where o.id = $1`,
    [tx.organizationId, userId],
  );
  return row!;
}
