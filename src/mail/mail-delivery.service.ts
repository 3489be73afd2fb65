import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { JobDatabase } from '../platform/database/job-database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { ShortCodes } from '../verification/short-codes.service.js';
import {
  claimMail,
  type MailInHand,
  mintToken,
  recordFailure,
  recordSent,
  wakeDueMails,
} from './mail-delivery.queries.js';
import {
  decideSending,
  delayAfter,
  judgeFailure,
  keptAnswer,
  presentableName,
  type Refusal,
  type SendingError,
} from './mail-delivery.rules.js';
import { MailMetrics } from './mail-metrics.js';
import { isMailTemplateName, type MailTemplateName } from './mail-template-names.js';
import { MailThemes } from './mail-themes.service.js';
import { MailTransport, type OutboundMail } from './mail-transport.js';
import {
  codeTypeOf,
  duration,
  type MailVariables,
  presentableData,
  recipientOf,
  sampleVariables,
} from './mail-variables.js';
import type { TemplateContent } from './mail-templates.queries.js';
import { type ChosenTemplate, TemplateChoice } from './template-choice.service.js';
import { renderTemplate, TemplateError } from './template-engine.js';

const recordingTries = 5;

interface Prepared {
  readonly chosen: ChosenTemplate;
  readonly variables: MailVariables;
}

/** The worker of the outbox: claims a mail, mints its token and code, sends it and writes down what became of it. */
@Injectable()
export class MailDelivery implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    private readonly database: JobDatabase,
    private readonly jobs: Jobs,
    private readonly addresses: PublicAddresses,
    private readonly templates: TemplateChoice,
    private readonly themes: MailThemes,
    private readonly codes: ShortCodes,
    private readonly metrics: MailMetrics,
    @Inject(MailTransport) private readonly transport: MailTransport | null,
  ) {}

  onModuleInit(): void {
    if (this.transport === null) {
      // Their jobs stay in the queue until a server with a way out takes them.
      this.log.warn('SMTP_URL is not set: mails wait in the outbox');
      return;
    }
    this.jobs.handle('send-mail', (payload, signal) => {
      const { organizationId, mailId } = payload as Record<string, unknown>;
      return this.deliver(String(organizationId), String(mailId), signal);
    });
    this.jobs.schedule('wake-due-mails', '* * * * *', () => this.wakeDue());
  }

  /** Puts everything that is due back into the queue of jobs; the clock does it each minute. */
  async wakeDue(): Promise<void> {
    await this.database.asPlatform('wake mails that are due', wakeDueMails);
  }

  /** Sends a mail unless somebody else does, it is not due, or it is gone. What fails is noted for the next attempt. */
  async deliver(organizationId: string, mailId: string, signal: AbortSignal): Promise<void> {
    if (!isUuid(organizationId) || !isUuid(mailId)) return;
    const within = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      this.database.forOrganization(organizationId, work);

    const mail = await within((tx) => claimMail(tx, mailId, this.senderDomain));
    if (mail === null) return;
    const outcome = await this.attempt(mail, within, signal);
    await this.recordPatiently(mailId, () =>
      within((tx) => {
        if (typeof outcome === 'string') return recordSent(tx, mail, keptAnswer(outcome));
        const delay =
          outcome.verdict === 'never' ? null : delayAfter(mail.attempts, mail.queuedAt, new Date());
        return recordFailure(tx, mail, keptAnswer(outcome.answer), delay);
      }),
    );
    const result = typeof outcome === 'string' ? 'sent' : outcome.verdict === 'never' ? 'dead' : 'failed';
    this.metrics.count(result);
    if (result !== 'sent') this.log.warn({ organizationId, mailId, result }, 'a mail was not sent');
  }

  /** The server's answer, or why there is none. */
  private async attempt(
    mail: MailInHand,
    within: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<string | Refusal> {
    const refusal = decideSending(mail, new Date());
    if (refusal !== null) return refusal;
    const { template } = mail;
    if (!isMailTemplateName(template))
      return { verdict: 'never', answer: `There is no template "${template}"` };
    let outbound: OutboundMail;
    try {
      const prepared = await within((tx) => this.prepare(tx, mail, template));
      if (prepared === null) return { verdict: 'never', answer: 'Its link would open nothing any more' };
      outbound = this.compose(mail, prepared);
    } catch (error) {
      // The database was away, or something is wrong in here: the mail is not to blame.
      this.log.error({ error, mailId: mail.id }, 'a mail could not be prepared');
      return { verdict: 'wait', answer: 'It could not be prepared' };
    }
    try {
      return await this.transport!.send(outbound, signal);
    } catch (error) {
      return judgeFailure(error as SendingError);
    }
  }

  /** Null for a mail whose link would be dead. */
  private async prepare(
    tx: Transaction,
    mail: MailInHand,
    template: MailTemplateName,
  ): Promise<Prepared | null> {
    const { organization } = mail;
    const chosen = await this.templates.choose(tx, template, mail.locale, mail.organizationLocale);
    const { locale } = chosen;
    const theme = await this.themes.read(tx, { organizationName: organization.name, locale });
    if (mail.isTest) {
      const link = this.addresses.link(organization.slug, 'email_verification', 'example');
      const codeType = codeTypeOf(template);
      const codeLength = codeType && (await this.codes.lengthOf(tx, codeType));
      return {
        chosen,
        variables: sampleVariables(template, { organization, link, theme, locale, codeLength }),
      };
    }
    const minted = mail.tokenType === null ? null : await mintToken(tx, mail);
    if (mail.tokenType !== null && minted === null) return null;
    const code = minted && (await this.mintCode(tx, mail, minted.token));
    const variables = {
      organization,
      user: recipientOf(mail.toName, mail.toEmail),
      link: minted && this.addresses.link(organization.slug, mail.tokenType!, minted.token),
      validFor: minted && duration(minted.lifetimeSeconds, locale),
      code: code && code.code,
      codeValidFor: code && duration(code.lifetimeSeconds, locale),
      data: presentableData(mail.data),
      theme,
    };
    return { chosen, variables };
  }

  private mintCode(
    tx: Transaction,
    { tokenType, userId }: MailInHand,
    token: string,
  ): ReturnType<ShortCodes['mint']> | null {
    return tokenType && userId ? this.codes.mint(tx, { type: tokenType, userId, token }) : null;
  }

  private compose(mail: MailInHand, { chosen, variables }: Prepared): OutboundMail {
    const { own, shipped } = chosen;
    const compose = (origin: 'own' | 'shipped', content: TemplateContent, locale: string): OutboundMail => ({
      ...renderTemplate(content, variables, origin),
      from: { name: content.senderName ?? mail.organization.name, address: this.senderAddress },
      replyTo: content.replyTo,
      to: { name: presentableName(mail.toName) ?? '', address: mail.toEmail },
      messageId: mail.messageId,
      locale,
    });
    if (own !== null) {
      try {
        return compose('own', own, chosen.locale);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        // Better the shipped words than no mail: somebody waits for the link.
        this.log.warn({ mailId: mail.id, template: mail.template }, 'a template of an organization failed');
      }
    }
    return compose('shipped', shipped.content, shipped.locale);
  }

  /**
   * Writes down the outcome even if the database is away for a moment: a mail that was sent and not noted is sent again
   * when the claim ends.
   */
  private async recordPatiently(mailId: string, record: () => Promise<void>): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        return await record();
      } catch (error) {
        if (tried === recordingTries) throw error;
        this.log.warn({ error, mailId }, 'the outcome of a mail could not be noted yet');
        await pause(500 * 2 ** tried);
      }
    }
  }

  private get senderAddress(): string {
    return this.config.mail.from ?? 'no-reply@localhost';
  }

  private get senderDomain(): string {
    return this.senderAddress.split('@')[1]!;
  }
}
