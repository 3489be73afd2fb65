import { Module } from '@nestjs/common';
import { ShortCodes } from './short-codes.service.js';
import { VerificationTokens } from './verification-tokens.service.js';

/** Tokens that prove something once: an address, the right to set a password, an invitation. Depends on no feature. */
@Module({ providers: [VerificationTokens, ShortCodes], exports: [VerificationTokens, ShortCodes] })
export class VerificationModule {}
