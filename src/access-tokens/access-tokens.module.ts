import { Module } from '@nestjs/common';
import { AccessTokenClaims } from './access-token-claims.service.js';

/** What access tokens say. */
@Module({ providers: [AccessTokenClaims], exports: [AccessTokenClaims] })
export class AccessTokensModule {}
