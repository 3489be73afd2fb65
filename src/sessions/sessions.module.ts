import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { Principals } from '../platform/access/principals.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { CredentialLookup } from './credential-lookup.service.js';
import { CredentialPrincipals } from './credential-principals.js';
import { PrincipalLookup } from './principal-lookup.js';
import { Sessions } from './sessions.service.js';
import { UseRecorder } from './use-recorder.js';

/**
 * Sessions and who holds a secret. Only hashes of tokens are stored; every answer is read from the database after its
 * request came in; what was revoked is refused by the next look-up.
 */
@Global()
@Module({
  providers: [
    PrincipalLookup,
    CredentialLookup,
    UseRecorder,
    Sessions,
    { provide: Principals, useClass: CredentialPrincipals },
  ],
  exports: [PrincipalLookup, CredentialLookup, Sessions, Principals],
})
export class SessionsModule implements OnModuleInit {
  constructor(
    private readonly lookup: PrincipalLookup,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'principal_lookups_waiting',
      'Look-ups that wait for the next statement',
      () => this.lookup.waiting,
    );
  }
}
