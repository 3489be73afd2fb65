import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { mailTemplateNames } from './mail-template-names.js';
import {
  MailPreviewView,
  MailTemplateDraft,
  MailTemplateSummaryPage,
  MailTemplateView,
  MailTestView,
  SetMailTemplate,
} from './mail-templates.dto.js';
import { MailTemplates } from './mail-templates.service.js';
import { invalidTemplate, noOwnAddress, templateWithoutLink, tooManyTemplates } from './mail.problems.js';

const TheTemplate = (): MethodDecorator => (target, key, descriptor) => {
  ApiParam({ name: 'name', enum: [...mailTemplateNames], example: 'reset-password' })(
    target,
    key,
    descriptor,
  );
  ApiParam({ name: 'locale', description: '`de` or `de-AT`', example: 'de' })(target, key, descriptor);
};

@ApiTags('Mail templates')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/mail-templates')
export class MailTemplatesController {
  constructor(private readonly templates: MailTemplates) {}

  @Get()
  @Requires('mail-templates:read')
  @Operation({
    summary: 'List mail templates',
    description:
      'Each mail of the product in each language that it, or the organization, has words for. On one page.',
    answer: MailTemplateSummaryPage,
  })
  list(@Caller() actor: Actor): Promise<MailTemplateSummaryPage> {
    return this.templates.list(actor);
  }

  @Get(':name/:locale')
  @TheTemplate()
  @Requires('mail-templates:read')
  @Operation({
    summary: 'Read a mail template',
    description: 'What is shipped is a good start for one of your own.',
    answer: MailTemplateView,
  })
  get(
    @Caller() actor: Actor,
    @Param('name') name: string,
    @Param('locale') locale: string,
  ): Promise<MailTemplateView> {
    return this.templates.get(actor, name, locale);
  }

  @Put(':name/:locale')
  @TheTemplate()
  @Requires('mail-templates:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Write a mail template',
    description:
      'In Liquid, with variables, conditions and loops, and nothing that reaches outside of the mail. People get the ' +
      'template of their language, then that of the organization’s (`locale` in its settings), then English. `{{ link }}` ' +
      'stands in text or is the whole of an `href`; in HTML with conditional comments (`<!--[if mso]>`, for Outlook) it is ' +
      'refused, since what a comment hides from one program another one reads. Use a plain link or a table as a button. Forms, ' +
      'frames, style sheets of others and those that look at addresses are refused too: a link is for whoever gets the mail.',
    answer: MailTemplateView,
    problems: [invalidTemplate, templateWithoutLink, tooManyTemplates, tooManyRequests],
  })
  set(
    @Caller() actor: Actor,
    @Param('name') name: string,
    @Param('locale') locale: string,
    @Body() body: SetMailTemplate,
    @IfMatch() version: ExpectedVersion,
  ): Promise<MailTemplateView> {
    return this.templates.set(actor, name, locale, body, version);
  }

  @Delete(':name/:locale')
  @TheTemplate()
  @Requires('mail-templates:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a mail template',
    description: 'The shipped words are back, if there are any in this language.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('name') name: string,
    @Param('locale') locale: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.templates.delete(actor, name, locale, version);
  }

  @Post(':name/:locale/preview')
  @TheTemplate()
  @Requires('mail-templates:read')
  @Operation({
    summary: 'Preview a mail template',
    description: 'With made-up values, as it is or as a draft. Nothing is stored or sent.',
    answer: MailPreviewView,
    problems: [invalidTemplate, templateWithoutLink, tooManyRequests],
  })
  preview(
    @Caller() actor: Actor,
    @Param('name') name: string,
    @Param('locale') locale: string,
    @Body() draft: MailTemplateDraft,
  ): Promise<MailPreviewView> {
    return this.templates.preview(actor, name, locale, draft);
  }

  @Post(':name/:locale/test')
  @TheTemplate()
  @Requires('mail-templates:write')
  @Operation({
    summary: 'Send a mail template to yourself',
    description: 'As it is, with made-up values, to the address of your own account.',
    status: 202,
    answer: MailTestView,
    problems: [noOwnAddress, tooManyRequests],
  })
  test(
    @Caller() actor: Actor,
    @Param('name') name: string,
    @Param('locale') locale: string,
  ): Promise<MailTestView> {
    return this.templates.test(actor, name, locale);
  }
}
