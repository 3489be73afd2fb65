import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { SetTokenType, TokenTypePage, TokenTypeView } from './token-types.dto.js';
import { configurableTypes } from './token-types.rules.js';
import { TokenTypes } from './token-types.service.js';

const NamedType = () =>
  ApiParam({
    name: 'type',
    description: 'Name of the type',
    enum: configurableTypes,
    example: 'password_reset',
  });

@ApiTags('Verification tokens')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/verification-token-types')
export class TokenTypesController {
  constructor(private readonly types: TokenTypes) {}

  @Get()
  @Requires('policies:read')
  @Operation({
    summary: 'List the types of verification tokens',
    description:
      '`first_password` is for users who have never had a password: how long the link lives with which they set one.',
    answer: TokenTypePage,
  })
  list(@Caller() actor: Actor): Promise<TokenTypePage> {
    return this.types.list(actor);
  }

  @Get(':type')
  @NamedType()
  @Requires('policies:read')
  @Operation({ summary: 'Read a type of verification tokens', answer: TokenTypeView })
  get(@Caller() actor: Actor, @Param('type') type: string): Promise<TokenTypeView> {
    return this.types.get(actor, type);
  }

  @Put(':type')
  @NamedType()
  @Requires('policies:write')
  @Operation({
    summary: 'Set the lifetime, the mail and the code of a type of verification tokens',
    description: 'Holds for tokens that are issued from then on.',
    answer: TokenTypeView,
  })
  set(
    @Caller() actor: Actor,
    @Param('type') type: string,
    @Body() body: SetTokenType,
  ): Promise<TokenTypeView> {
    return this.types.set(actor, type, body);
  }
}
