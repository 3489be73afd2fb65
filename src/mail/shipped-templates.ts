import { germanFrame, germanMails } from './shipped/de.js';
import { englishFrame, englishMails } from './shipped/en.js';
import { htmlOf, textOf } from './mail-layout.js';
import { type MailTemplateName, mailTemplateNames } from './mail-template-names.js';
import { codeTypeOf } from './mail-variables.js';
import type { TemplateSource } from './template-engine.js';

const languages = {
  en: { frame: englishFrame, mails: englishMails },
  de: { frame: germanFrame, mails: germanMails },
};

export const shippedLocales = Object.keys(languages) as (keyof typeof languages)[];

const shipped = new Map<string, TemplateSource>(
  shippedLocales.flatMap((locale) => {
    const { frame, mails } = languages[locale];
    return mailTemplateNames.map((name): [string, TemplateSource] => [
      `${name}/${locale}`,
      {
        subject: mails[name].subject,
        text: textOf(mails[name], frame, codeTypeOf(name) !== null),
        html: htmlOf(mails[name], frame, { locale, mayHaveCode: codeTypeOf(name) !== null }),
      },
    ]);
  }),
);

export function shippedTemplate(name: MailTemplateName, locale: string): TemplateSource | null {
  return shipped.get(`${name}/${locale}`) ?? null;
}

/** Mails that are useless without their link. */
export function needsLink(name: MailTemplateName): boolean {
  return englishMails[name].button !== null;
}
