import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type {
  LogoutDeliveriesQuery,
  LogoutDeliveryPage,
  LogoutDeliveryView,
} from './logout-delivery.view.js';
import {
  type DeliveryRow,
  listDeliveries,
  requeueDelivery,
} from './logout-deliveries/logout-deliveries.queries.js';

/** What applications were told of the ends of sessions, for administrators. */
@Injectable()
export class LogoutDeliveries {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly cursors: Cursors,
  ) {}

  async list(actor: Actor, query: LogoutDeliveriesQuery): Promise<LogoutDeliveryPage> {
    const { limit = defaultPageSize, state = null } = query;
    const list = ['logout-deliveries', actor.organization.id, state];
    const position = this.cursors.decode(list, query.cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    const rows = await this.database.forOrganization(actor.organization.id, (tx) =>
      listDeliveries(tx, state, before, limit + 1),
    );
    const page = this.cursors.page(rows, limit, list, (row) => [row.position, row.id]);
    return { items: page.rows.map(view), nextCursor: page.nextCursor };
  }

  /** Once more, from the beginning; also what was told before. */
  repeat(actor: Actor, id: string): Promise<LogoutDeliveryView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const row = (isUuid(id) ? await requeueDelivery(tx, id) : null) ?? raise(notFoundProblem());
      const target = { type: 'logout-delivery', id: row.id };
      await this.audit.record(tx, actor, 'logout_delivery.repeated', target, {
        application: row.application_id,
      });
      return view(row);
    });
  }
}

const isWaiting = (state: DeliveryRow['state']): boolean => ['queued', 'sending', 'failed'].includes(state);

const view = (row: DeliveryRow): LogoutDeliveryView => ({
  id: row.id,
  application: { id: row.application_id, name: row.application_name },
  userId: row.user_id,
  sessionId: row.session_id,
  state: row.state,
  attempts: row.attempts,
  lastAnswer: row.last_answer,
  nextAttemptAt: isWaiting(row.state) ? row.due_at.toISOString() : null,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
});
