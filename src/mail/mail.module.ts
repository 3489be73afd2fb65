import { Module } from '@nestjs/common';
import { CONFIG } from '../platform/config/config.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { MailDelivery } from './mail-delivery.service.js';
import { MailMetrics } from './mail-metrics.js';
import { MailTemplatesController } from './mail-templates.controller.js';
import { MailTemplates } from './mail-templates.service.js';
import { MailThemes } from './mail-themes.service.js';
import { MailTransport } from './mail-transport.js';
import { chooseTransport } from './mail-transport.choice.js';
import { Mail } from './mail.service.js';
import { OutboxController } from './outbox.controller.js';
import { Outbox } from './outbox.service.js';
import { TemplateChoice } from './template-choice.service.js';

/**
 * Mails leave through one transactional outbox: written with the change that causes them, sent by a worker after the
 * commit. Tokens and codes are minted when a mail is sent and stored nowhere. Two workers never send one mail twice.
 */
@Module({
  imports: [AttemptLimitsModule, VerificationModule],
  controllers: [OutboxController, MailTemplatesController],
  providers: [
    Mail,
    Outbox,
    MailTemplates,
    TemplateChoice,
    MailThemes,
    MailMetrics,
    MailDelivery,
    { provide: MailTransport, inject: [CONFIG], useFactory: chooseTransport },
  ],
  exports: [Mail, MailThemes],
})
export class MailModule {}
