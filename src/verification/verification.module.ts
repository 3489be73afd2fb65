import { Module } from '@nestjs/common';
import { VerificationTokens } from './verification-tokens.service.js';

/** Tokens that prove something once: an address, the right to set a password, an invitation. Depends on no feature. */
@Module({ providers: [VerificationTokens], exports: [VerificationTokens] })
export class VerificationModule {}
