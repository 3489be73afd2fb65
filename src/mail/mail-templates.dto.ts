import { PageOf } from '../platform/http/lists.js';
import { Choice, Id, Integer, Moment, Text, TextList, Trimmed } from '../platform/http/properties.js';
import { mailTemplateNames } from './mail-template-names.js';

const sources = ['shipped', 'organization'] as const;
export type TemplateOrigin = (typeof sources)[number];

/** Without line breaks, which would end a header of the mail. */
const oneLine = { pattern: /^[^\r\n\t]*$/, patternText: 'must be one line' };

interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const Subject = (use: Use = {}) =>
  Text({ ...use, ...oneLine, max: 200, example: 'Set a new password for {{ organization.name }}' });
const PlainText = (use: Use = {}) =>
  Text({ ...use, max: 20_000, example: 'Hello {{ user.name }},\n\nset a new password here:\n{{ link }}\n' });
const Html = (use: Use = {}) =>
  Text({
    ...use,
    max: 60_000,
    describe: 'The same as a page. Values are escaped. Without it the mail is plain text',
    example: '<p>Hello {{ user.name }},</p><p><a href="{{ link }}">Set a new password</a></p>',
  });
const SenderName = (use: Use = {}) =>
  Text({
    ...use,
    ...oneLine,
    max: 100,
    describe: 'Whose mail it says it is; otherwise that of the organization',
    example: 'Acme Support',
  });
const ReplyTo = (use: Use = {}) =>
  Text({ ...use, max: 254, describe: 'Where answers go', example: 'help@acme.example' });

export class SetMailTemplate {
  @Trimmed()
  @Subject()
  subject!: string;

  @PlainText()
  text!: string;

  @Html({ optional: true, nullable: true })
  html?: string | null;

  @Trimmed()
  @SenderName({ optional: true, nullable: true })
  senderName?: string | null;

  @Trimmed()
  @ReplyTo({ optional: true, nullable: true })
  replyTo?: string | null;
}

/** What is left out is taken from the template as it is. */
export class MailTemplateDraft {
  @Trimmed()
  @Subject({ optional: true })
  subject?: string;

  @PlainText({ optional: true })
  text?: string;

  @Html({ optional: true, nullable: true })
  html?: string | null;
}

export class MailTemplateSummaryView {
  @Choice(mailTemplateNames, { example: 'reset-password' })
  name!: string;

  @Text({ max: 6, example: 'de' })
  locale!: string;

  @Choice(sources, { describe: '`shipped` with the product, or the organization’s own' })
  source!: TemplateOrigin;

  @Subject()
  subject!: string;

  @Moment({ nullable: true, describe: 'Null for what is shipped' })
  updatedAt!: string | null;
}

export class MailTemplateView extends MailTemplateSummaryView {
  @PlainText()
  text!: string;

  @Html({ nullable: true })
  html!: string | null;

  @SenderName({ nullable: true })
  senderName!: string | null;

  @ReplyTo({ nullable: true })
  replyTo!: string | null;

  @Choice(['required', 'none'], { describe: 'Whether the mail is useless without its link' })
  link!: 'required' | 'none';

  @TextList({
    maxItems: 200,
    pattern: /^[A-Za-z.]+$/,
    patternText: 'must be names',
    describe: 'What the template can show, as `{{ user.name }}`',
    example: ['organization.name', 'user.name', 'link'],
  })
  variables!: string[];

  @Integer({ min: 0, max: 2_147_483_647, fromBody: true, describe: '0 for what is shipped', example: 3 })
  version!: number;

  @Id({ nullable: true })
  updatedBy!: string | null;
}

export class MailTemplateSummaryPage extends PageOf(MailTemplateSummaryView) {}

export class MailPreviewView {
  @Text({ max: 250, example: 'Set a new password for Acme' })
  subject!: string;

  @Text({ min: 0, max: 200_000, example: 'Hello Max Member,\n\nset a new password here: …' })
  text!: string;

  @Text({
    min: 0,
    max: 200_000,
    nullable: true,
    describe: 'To be shown in a sandbox only: it is what an administrator wrote',
    example: '<p>Hello Max Member,</p>',
  })
  html!: string | null;
}

export class MailTestView {
  @Id({ describe: 'Of the mail in the outbox' })
  mailId!: string;

  @Text({ max: 254, example: 'olga@acme.example' })
  to!: string;
}
