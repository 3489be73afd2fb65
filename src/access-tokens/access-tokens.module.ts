import { Module } from '@nestjs/common';
import { AccessTokenClaims } from './access-token-claims.service.js';
import { AccessTokenReader } from './access-token-reader.service.js';
import { IssuerKeys } from './issuer-keys.js';
import { RevocationPublisher } from './revocation-publisher.service.js';
import { RevocationsController } from './revocations.controller.js';
import { Revocations } from './revocations.service.js';
import { VerifiedTokens } from './verified-tokens.js';

/**
 * JWT access tokens: what they say, and what they are worth here. A signature proves what was issued; whether it is alive
 * the database says, of every request. Who verifies by themselves reads the list of those that died before their end.
 */
@Module({
  controllers: [RevocationsController],
  providers: [
    AccessTokenClaims,
    AccessTokenReader,
    IssuerKeys,
    VerifiedTokens,
    Revocations,
    RevocationPublisher,
  ],
  exports: [AccessTokenClaims],
})
export class AccessTokensModule {}
