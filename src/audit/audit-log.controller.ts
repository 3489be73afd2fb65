import { Controller, Get, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { AuditEventPage, AuditEventsQuery } from './audit-log.dto.js';
import { AuditLog } from './audit-log.service.js';

@ApiTags('Audit events')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/audit-events')
export class AuditLogController {
  constructor(private readonly auditLog: AuditLog) {}

  @Get()
  @Requires('audit:read')
  @Operation({
    summary: 'List audit events',
    description: 'Newest first. Nobody can change or delete them; what was refused is there as well.',
    answer: AuditEventPage,
  })
  list(@Caller() actor: Actor, @Query() query: AuditEventsQuery): Promise<AuditEventPage> {
    return this.auditLog.list(actor, query);
  }
}
