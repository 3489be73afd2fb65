import { Module } from '@nestjs/common';
import { TokenTypesController } from './token-types.controller.js';
import { TokenTypes } from './token-types.service.js';

/** How long an organization's verification tokens live, which mail carries them, and whether a code stands beside the link. */
@Module({ controllers: [TokenTypesController], providers: [TokenTypes] })
export class TokenTypesModule {}
