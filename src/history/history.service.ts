import { Injectable } from '@nestjs/common';
import { sessionNeededProblem } from '../me/me.problems.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { ActivityPage, ActivityView, HistoryEntryView, HistoryPage } from './history.dto.js';
import { type ActivityRow, type HistoryRow, listActivity, listHistory } from './history.queries.js';

/** Reading what triggers have written of an account. */
@Injectable()
export class History {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly cursors: Cursors,
  ) {}

  /** @throws Problem `not_found` */
  changesOfUser(actor: Actor, reference: string, query: PageQuery): Promise<HistoryPage> {
    return this.ofUser(actor, reference, (tx, userId) => this.changesOf(tx, userId, query));
  }

  /** @throws Problem `not_found` */
  activityOfUser(actor: Actor, reference: string, query: PageQuery): Promise<ActivityPage> {
    return this.ofUser(actor, reference, (tx, userId) => this.activityOf(tx, userId, query));
  }

  /** @throws Problem `permission_denied` for an API key */
  myChanges(actor: Actor, query: PageQuery): Promise<HistoryPage> {
    return this.ofCaller(actor, (tx) => this.changesOf(tx, actor.userId, query));
  }

  /** @throws Problem `permission_denied` for an API key */
  myActivity(actor: Actor, query: PageQuery): Promise<ActivityPage> {
    return this.ofCaller(actor, (tx) => this.activityOf(tx, actor.userId, query));
  }

  async changesOf(tx: Transaction, userId: string, query: PageQuery = {}): Promise<HistoryPage> {
    const limit = query.limit ?? defaultPageSize;
    const list = ['history', tx.organizationId, userId];
    const position = this.cursors.decode(list, query.cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    const rows = await listHistory(tx, userId, before, limit + 1);
    const page = this.cursors.page(rows, limit, list, (row) => [row.position, row.id]);
    return { items: page.rows.map(historyEntryView), nextCursor: page.nextCursor };
  }

  async activityOf(tx: Transaction, userId: string, query: PageQuery = {}): Promise<ActivityPage> {
    const limit = query.limit ?? defaultPageSize;
    const list = ['activity', tx.organizationId, userId];
    const position = this.cursors.decode(list, query.cursor);
    const before = position === null ? null : { day: position[0]!, kind: position[1]! };
    const rows = await listActivity(tx, userId, before, limit + 1);
    const page = this.cursors.page(rows, limit, list, (row) => [row.day, row.kind]);
    return { items: page.rows.map(activityView), nextCursor: page.nextCursor };
  }

  private ofUser<T>(
    actor: Actor,
    reference: string,
    work: (tx: Transaction, userId: string) => Promise<T>,
  ): Promise<T> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const user = (await this.users.findByReference(tx, reference)) ?? raise(notFoundProblem());
      return work(tx, user.id);
    });
  }

  private async ofCaller<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (actor.kind !== 'session') throw sessionNeededProblem();
    return this.database.forOrganization(actor.organization.id, work);
  }
}

function historyEntryView(row: HistoryRow): HistoryEntryView {
  return {
    id: row.id,
    kind: row.kind,
    change: row.change,
    actorId: row.actor_id,
    createdAt: row.created_at.toISOString(),
  };
}

function activityView(row: ActivityRow): ActivityView {
  return { kind: row.kind, day: row.day, count: row.count, lastAt: row.last_at.toISOString() };
}
