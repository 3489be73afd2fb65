import { Module } from '@nestjs/common';
import { Mail } from './mail.service.js';

/** Mails leave through one transactional outbox. */
@Module({ providers: [Mail], exports: [Mail] })
export class MailModule {}
