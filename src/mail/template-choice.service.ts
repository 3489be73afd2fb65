import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { localesToTry } from './mail-delivery.rules.js';
import type { MailTemplateName } from './mail-template-names.js';
import { findOwnTemplates, type TemplateContent } from './mail-templates.queries.js';
import { shippedTemplate } from './shipped-templates.js';

export interface ChosenTemplate {
  readonly locale: string;
  /** The organization's own; null where it has none in this language. */
  readonly own: TemplateContent | null;
  /** Goes out where the own one fails. */
  readonly shipped: { readonly locale: string; readonly content: TemplateContent };
}

/** Which text somebody gets: their language comes before the organization's wording of another one. */
@Injectable()
export class TemplateChoice {
  async choose(
    tx: Transaction,
    name: MailTemplateName,
    wanted: string | null,
    organizationLocale: string | null,
  ): Promise<ChosenTemplate> {
    const locales = localesToTry(wanted, organizationLocale);
    const owns = await findOwnTemplates(tx, name, locales);
    const locale = locales.find(
      (tried) => owns.some((own) => own.locale === tried) || shippedTemplate(name, tried) !== null,
    )!;
    const shippedLocale = locales.find((tried) => shippedTemplate(name, tried) !== null)!;
    const content = { ...shippedTemplate(name, shippedLocale)!, senderName: null, replyTo: null };
    return {
      locale,
      own: owns.find((own) => own.locale === locale) ?? null,
      shipped: { locale: shippedLocale, content },
    };
  }
}
