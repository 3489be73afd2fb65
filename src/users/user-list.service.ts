import { Injectable } from '@nestjs/common';
import { MediaLinks } from '../media/media-links.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import type { UserPage } from './user.view.js';
import type { UsersQuery } from './users.dto.js';
import { searchUsers } from './users.queries.js';
import { defaultUserSort, readSort } from './users.rules.js';

/** Pages of users: one statement each, whatever their length. */
@Injectable()
export class UserList {
  constructor(
    private readonly database: Database,
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
      const page = this.cursors.page(found, limit, list, (row) => [row.sort_value, row.shown.id]);
      const items = page.rows.map(({ shown, picture_media_id: pictureId }) => ({
        ...shown,
        picture: pictureId === null ? null : this.mediaLinks.addressOf(tx, pictureId),
      }));
      return { items, nextCursor: page.nextCursor };
    });
  }
}
