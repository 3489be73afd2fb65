import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { canonicalEmail } from '../users/identifiers.rules.js';
import { codeLengths, ShortCodes } from '../verification/short-codes.service.js';
import { canonicalLocale } from './mail-delivery.rules.js';
import type { MailTemplate } from './mail-template.entity.js';
import { isMailTemplateName, type MailTemplateName, mailTemplateNames } from './mail-template-names.js';
import type {
  MailPreviewView,
  MailTemplateDraft,
  MailTemplateSummaryPage,
  MailTemplateView,
  MailTestView,
  SetMailTemplate,
} from './mail-templates.dto.js';
import {
  deleteTemplate,
  findOwnTemplate,
  findReader,
  insertTemplate,
  listOwnTemplates,
  lockOwnTemplates,
  type TemplateContent,
  updateTemplate,
} from './mail-templates.queries.js';
import { mostTemplates, requireUsable } from './mail-templates.rules.js';
import { MailThemes } from './mail-themes.service.js';
import { codeTypeOf, type MailVariables, sampleVariables, variablesOf } from './mail-variables.js';
import {
  invalidTemplateProblem,
  noOwnAddress,
  tooManyTemplates,
  tooManyTemplatesAtOnceProblem,
} from './mail.problems.js';
import { queueTest } from './outbox.queries.js';
import { needsLink, shippedLocales, shippedTemplate } from './shipped-templates.js';
import { renderTemplate, TemplateError, type TemplateSource } from './template-engine.js';

interface Place {
  readonly name: MailTemplateName;
  readonly locale: string;
}

interface CallerLimit {
  readonly kind: string;
  readonly free: number;
  readonly windowSeconds: number;
  readonly detail: string;
}

const renderingsInAMinute: CallerLimit = {
  kind: 'mail-templates.render',
  free: 30,
  windowSeconds: 60,
  detail: 'Thirty templates a minute are enough',
};
const testsInTenMinutes: CallerLimit = {
  kind: 'mail-templates.test',
  free: 10,
  windowSeconds: 600,
  detail: 'Ten mails in ten minutes are enough to try a template',
};

/** What mails of an organization say, in each language: the shipped words until it writes its own. */
@Injectable()
export class MailTemplates {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly themes: MailThemes,
    private readonly addresses: PublicAddresses,
    private readonly codes: ShortCodes,
    private readonly limits: AttemptLimits,
  ) {}

  list(actor: Actor): Promise<MailTemplateSummaryPage> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const owns = await listOwnTemplates(tx);
      const places = mailTemplateNames.flatMap((name) => {
        const ownLocales = owns.filter((own) => own.name === name).map(({ locale }) => locale);
        return [...new Set([...shippedLocales, ...ownLocales])].sort().map((locale) => ({ name, locale }));
      });
      const items = places.map((place) => {
        const own = owns.find(({ name, locale }) => name === place.name && locale === place.locale) ?? null;
        const { name, locale, source, subject, updatedAt } = templateView(place, own);
        return { name, locale, source, subject, updatedAt };
      });
      return { items, nextCursor: null };
    });
  }

  get(actor: Actor, name: string, locale: string): Promise<MailTemplateView> {
    const place = placeOf(name, locale);
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      templateView(place, await findOwnTemplate(tx, place.name, place.locale)),
    );
  }

  /** @throws Problem `invalid_template`, `template_without_link`, `too_many_templates`, `too_many_requests`, `stale` */
  async set(
    actor: Actor,
    name: string,
    locale: string,
    input: SetMailTemplate,
    version: ExpectedVersion,
  ): Promise<MailTemplateView> {
    const place = placeOf(name, locale);
    const content = contentOf(input);
    await this.countRendering(actor);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const count = await lockOwnTemplates(tx);
      const existing = await findOwnTemplate(tx, place.name, place.locale);
      requireVersion(existing?.version ?? 0, version);
      await this.renderSample(tx, actor, place, content);
      if (existing !== null) {
        await updateTemplate(tx, existing.id, { ...content, updatedBy: actor.userId });
      } else {
        if (count >= mostTemplates) throw new Problem(tooManyTemplates);
        await insertTemplate(tx, { id: newId(), ...place, ...content, createdBy: actor.userId });
      }
      const target = { type: 'mail-template', id: `${place.name}/${place.locale}` };
      await this.audit.record(tx, actor, 'mail_template.set', target, {
        subject: content.subject,
        senderName: content.senderName,
        replyTo: content.replyTo,
      });
      return templateView(place, await findOwnTemplate(tx, place.name, place.locale));
    });
  }

  /** Back to the shipped words. @throws Problem `not_found` where there are none of its own, `stale` */
  delete(actor: Actor, name: string, locale: string, version: ExpectedVersion): Promise<void> {
    const place = placeOf(name, locale);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockOwnTemplates(tx);
      const own = (await findOwnTemplate(tx, place.name, place.locale)) ?? raise(notFoundProblem());
      requireVersion(own.version, version);
      await deleteTemplate(tx, own.id);
      const target = { type: 'mail-template', id: `${place.name}/${place.locale}` };
      await this.audit.record(tx, actor, 'mail_template.deleted', target, { subject: own.subject });
    });
  }

  /** @throws Problem `invalid_template`, `template_without_link`, `too_many_requests` */
  async preview(
    actor: Actor,
    name: string,
    locale: string,
    draft: MailTemplateDraft,
  ): Promise<MailPreviewView> {
    const place = placeOf(name, locale);
    await this.countRendering(actor);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const stored = await this.storedOr(tx, place, draft);
      const { subject, text, html } = await this.renderSample(tx, actor, place, {
        subject: draft.subject ?? stored?.subject ?? '',
        text: draft.text ?? stored?.text ?? '',
        html: draft.html === undefined ? (stored?.html ?? null) : draft.html,
      });
      return { subject, text, html };
    });
  }

  /** Sends the template as it is to the actor's own address, and to no other. @throws Problem `no_own_address`, `too_many_requests` */
  async test(actor: Actor, name: string, locale: string): Promise<MailTestView> {
    const place = placeOf(name, locale);
    await this.count(actor, testsInTenMinutes);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      templateView(place, await findOwnTemplate(tx, place.name, place.locale));
      const { email, fullName } = await findReader(tx, actor.userId);
      if (email === null) throw new Problem(noOwnAddress);
      const mailId = await queueTest(tx, {
        template: place.name,
        locale: place.locale,
        to: email,
        name: fullName,
        userId: actor.userId,
      });
      const target = { type: 'mail-template', id: `${place.name}/${place.locale}` };
      await this.audit.record(tx, actor, 'mail_template.tested', target, { to: email });
      return { mailId, to: email };
    });
  }

  /** Rendering what somebody has written may take its whole time, and nobody else is served meanwhile. */
  private countRendering(actor: Actor): Promise<void> {
    return this.count(actor, renderingsInAMinute);
  }

  /** In a transaction of its own, so that what is refused counts too. */
  private async count(actor: Actor, { kind, free, windowSeconds, detail }: CallerLimit): Promise<void> {
    const counter = this.limits.within(kind, free, windowSeconds, actor.userId);
    const { blockedBy, retryAfterSeconds } = await this.database.forOrganization(
      actor.organization.id,
      (tx) => this.limits.count(tx, [counter]),
    );
    if (blockedBy !== null) throw tooManyTemplatesAtOnceProblem(detail, retryAfterSeconds);
  }

  /** The template as it is; a draft that says everything may be of a language that nobody has written in yet. */
  private async storedOr(
    tx: Transaction,
    place: Place,
    draft: MailTemplateDraft,
  ): Promise<TemplateSource | null> {
    const own = await findOwnTemplate(tx, place.name, place.locale);
    const stored = own ?? shippedTemplate(place.name, place.locale);
    if (stored === null && (draft.subject === undefined || draft.text === undefined)) throw notFoundProblem();
    return stored;
  }

  private async renderSample(
    tx: Transaction,
    actor: Actor,
    { name, locale }: Place,
    source: TemplateSource,
  ): Promise<TemplateSource> {
    const { slug } = actor.organization;
    const { organizationName } = await findReader(tx, actor.userId);
    const link = this.addresses.link(slug, 'email_verification', 'example');
    const theme = await this.themes.read(tx, { organizationName, locale });
    const codeType = codeTypeOf(name);
    const codeLength = codeType && (await this.codes.lengthOf(tx, codeType));
    const render = (length: number | null): TemplateSource => {
      const organization = { name: organizationName, slug };
      const sample = { organization, link, theme, locale, codeLength: length };
      const rendered = tryRendering(source, sampleVariables(name, sample));
      requireUsable(rendered, needsLink(name) ? link : null);
      return rendered;
    };
    // Codes can be switched on and off later, so a template has to do for both.
    if (codeType !== null) render(codeLength === null ? codeLengths.min : null);
    return render(codeLength);
  }
}

function tryRendering(source: TemplateSource, variables: MailVariables): TemplateSource {
  try {
    return renderTemplate(source, variables);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw invalidTemplateProblem(error.part, error.message);
  }
}

/** @throws Problem `not_found` for a mail that the product does not send, and for what is no language */
function placeOf(name: string, locale: string): Place {
  if (!isMailTemplateName(name) || canonicalLocale(locale) !== locale) throw notFoundProblem();
  return { name, locale };
}

function contentOf({ subject, text, html, senderName, replyTo }: SetMailTemplate): TemplateContent {
  const address = typeof replyTo === 'string' ? canonicalEmail(replyTo) : null;
  if (typeof replyTo === 'string' && address === null) {
    raiseInvalid([{ pointer: '/replyTo', detail: 'must be an e-mail address' }]);
  }
  return { subject, text, html: html ?? null, senderName: senderName ?? null, replyTo: address };
}

/** @throws Problem `not_found` in a language that nobody has written in */
function templateView({ name, locale }: Place, own: MailTemplate | null): MailTemplateView {
  const shipped = shippedTemplate(name, locale);
  const { subject, text, html } = own ?? shipped ?? raise(notFoundProblem());
  return {
    name,
    locale,
    source: own === null ? 'shipped' : 'organization',
    subject,
    text,
    html,
    senderName: own?.senderName ?? null,
    replyTo: own?.replyTo ?? null,
    link: needsLink(name) ? 'required' : 'none',
    variables: variablesOf(name),
    version: own?.version ?? 0,
    updatedAt: own?.updatedAt.toISOString() ?? null,
    updatedBy: own?.updatedBy ?? null,
  };
}
