import { Module } from '@nestjs/common';
import { TokenTypesController } from './token-types.controller.js';
import { TokenTypes } from './token-types.service.js';

/** How long an organization's verification tokens live, within the product's bounds, and which mail carries them. */
@Module({ controllers: [TokenTypesController], providers: [TokenTypes] })
export class TokenTypesModule {}
