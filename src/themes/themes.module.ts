import { Module } from '@nestjs/common';
import { MediaLinksModule } from '../media/media-links.module.js';
import { ThemesController } from './themes.controller.js';
import { Themes } from './themes.service.js';

/** Colours, texts and the logo of an organization, as data: nothing in it can run, and whoever shows it escapes it. */
@Module({
  imports: [MediaLinksModule],
  controllers: [ThemesController],
  providers: [Themes],
  exports: [Themes],
})
export class ThemesModule {}
