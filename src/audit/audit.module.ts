import { Global, Module } from '@nestjs/common';
import { RefusalRecorder } from '../platform/access/principals.js';
import { Audit, AuditedRefusals } from './audit.service.js';

/**
 * What happened, and who did it. Events are written in the transaction of the change and cannot be changed afterwards:
 * the role that serves requests may insert and read them, nothing else.
 */
@Global()
@Module({
  providers: [Audit, { provide: RefusalRecorder, useClass: AuditedRefusals }],
  exports: [Audit, RefusalRecorder],
})
export class AuditModule {}
