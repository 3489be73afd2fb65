import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { type UserPage, type UserView, userView } from './user.view.js';
import type { UsersQuery } from './users.dto.js';
import { findUsers, searchUsers } from './users.queries.js';
import { defaultUserSort, readSort } from './users.rules.js';

/** Pages of users: four statements each, whatever their length. */
@Injectable()
export class UserList {
  constructor(
    private readonly database: Database,
    private readonly accessControl: AccessControl,
    private readonly mediaLinks: MediaLinks,
    private readonly cursors: Cursors,
  ) {}

  list(actor: Actor, query: UsersQuery): Promise<UserPage> {
    const { limit = defaultPageSize, q, status = null, role = null, sort = defaultUserSort } = query;
    const contains = q?.normalize('NFC') ?? null;
    const list = ['users', actor.organization.id, contains, status, role, sort];
    const position = this.cursors.decode(list, query.cursor);
    const after = position === null ? null : { value: position[0]!, id: position[1]! };
    const search = { ...readSort(sort), after, contains, status, role, limit: limit + 1 };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await searchUsers(tx, search);
      const page = this.cursors.page(found, limit, list, (row) => [row.sort_value, row.user_id]);
      const ids = page.rows.map((row) => row.user_id);
      return { items: await this.views(tx, ids), nextCursor: page.nextCursor };
    });
  }

  /** In the order of the ids. */
  private async views(tx: Transaction, ids: readonly string[]): Promise<UserView[]> {
    if (ids.length === 0) return [];
    const users = await findUsers(tx, ids);
    const roles = await this.accessControl.rolesOf(tx, ids);
    const pictures = await this.mediaLinks.picturesOf(tx, ids);
    // A user may have been deleted since the search.
    return ids.flatMap((id) => {
      const user = users.get(id);
      return user === undefined ? [] : [userView(user, roles.get(id) ?? [], pictures.get(id) ?? null)];
    });
  }
}
