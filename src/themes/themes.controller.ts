import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Public, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { ContentEtag } from '../platform/http/content-etag.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { PublicThemeView, ReplaceThemeBody, ThemeView } from './themes.dto.js';
import { Themes } from './themes.service.js';

@ApiTags('Theme')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/theme')
export class ThemesController {
  constructor(private readonly themes: Themes) {}

  @Get()
  @Requires('theme:read')
  @Operation({
    summary: 'Read the theme',
    description: 'As it holds: what nobody has set is the product’s.',
    answer: ThemeView,
  })
  read(@Caller() actor: Actor): Promise<ThemeView> {
    return this.themes.read(actor);
  }

  @Put()
  @Requires('theme:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Replace the theme',
    description:
      'What is left out is the product’s again. Colours that are hard to read are taken, and warned about. The logo has ' +
      'a route of its own.',
    answer: ThemeView,
  })
  replace(
    @Caller() actor: Actor,
    @Body() body: ReplaceThemeBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ThemeView> {
    return this.themes.replace(actor, body, version);
  }

  @Get('public')
  @Public()
  @ContentEtag('public, max-age=60')
  @Operation({
    summary: 'Read the theme without signing in',
    description: 'For pages that people see before they have signed in.',
    answer: PublicThemeView,
  })
  readPublic(@Param('organization') organization: string): Promise<PublicThemeView> {
    return this.themes.readPublic(organization);
  }
}
