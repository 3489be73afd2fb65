import { Global, Module } from '@nestjs/common';
import { RefusalRecorder } from '../platform/access/principals.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLog } from './audit-log.service.js';
import { Audit, AuditedRefusals } from './audit.service.js';

/**
 * What happened, and who did it. Events are written in the transaction of the change and cannot be changed afterwards:
 * the role that serves requests may insert and read them, nothing else.
 */
@Global()
@Module({
  controllers: [AuditLogController],
  providers: [Audit, AuditLog, { provide: RefusalRecorder, useClass: AuditedRefusals }],
  exports: [Audit, RefusalRecorder],
})
export class AuditModule {}
