import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { MediaLinksModule } from '../media/media-links.module.js';
import { ThemedMails } from './themed-mails.js';
import { ThemesController } from './themes.controller.js';
import { Themes } from './themes.service.js';

/** Colours, texts and the logo of an organization, as data: nothing in it can run, and whoever shows it escapes it. */
@Module({
  imports: [MediaLinksModule, MailModule],
  controllers: [ThemesController],
  providers: [Themes, ThemedMails],
  exports: [Themes],
})
export class ThemesModule {}
