import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MailThemes } from '../mail/mail-themes.service.js';
import { Themes } from './themes.service.js';

/** Mails look like the organization that they come from. */
@Injectable()
export class ThemedMails implements OnModuleInit {
  constructor(
    private readonly themes: Themes,
    private readonly mails: MailThemes,
  ) {}

  onModuleInit(): void {
    this.mails.provide(async (tx, { locale }) => {
      const { productName, logo, footer, supportEmail, supportUrl, colors } = await this.themes.forReader(
        tx,
        locale,
      );
      return { name: productName, logoUrl: logo, footer, supportEmail, supportUrl, ...colors };
    });
  }
}
