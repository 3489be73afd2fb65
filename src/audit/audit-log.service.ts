import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { type AuditEventPage, type AuditEventsQuery, auditEventView } from './audit-log.dto.js';
import { readActionFilter, readMomentSeconds } from './audit-log.rules.js';
import { listAuditEvents } from './audit.queries.js';

/** Reading what happened in one's own organization. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first, one statement a page. */
  list(actor: Actor, query: AuditEventsQuery): Promise<AuditEventPage> {
    const { limit = defaultPageSize, cursor, action, from, to } = query;
    const { actor: actorId = null, target: targetId = null, outcome = null } = query;
    const { exact, prefix } = readActionFilter(action);
    const filter = {
      actorId,
      targetId,
      outcome,
      action: exact,
      actionPrefix: prefix,
      from: readMomentSeconds('from', from),
      to: readMomentSeconds('to', to),
    };
    const list = ['audit-events', actor.organization.id, ...Object.values(filter)];
    const place = this.cursors.decode(list, cursor);
    const before = place === null ? null : { position: place[0]!, id: place[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listAuditEvents(tx, { ...filter, before, limit: limit + 1 });
      const page = this.cursors.page(found, limit, list, (row) => [row.position, row.id]);
      return { items: page.rows.map(auditEventView), nextCursor: page.nextCursor };
    });
  }
}
