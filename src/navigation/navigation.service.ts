import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import {
  type CreateNavigationItemBody,
  type NavigationEntry,
  NavigationItemView,
  NavigationView,
  type ReplaceNavigationBody,
  type UpdateNavigationItemBody,
  VisibleNavigationView,
} from './navigation.dto.js';
import { navigationKeyTakenProblem, unknownNavigationItemProblem } from './navigation.problems.js';
import {
  beginNavigationChange,
  deleteNavigationItem,
  findNavigation,
  insertNavigationItem,
  type NavigationItemRow,
  type NewNavigationItem,
  replaceNavigationItems,
  updateNavigationItem,
} from './navigation.queries.js';
import {
  itemNamed,
  requireDestination,
  requireDistinctKeys,
  requirePlace,
  requireRoomForItems,
  treeOf,
  visibleTo,
} from './navigation.rules.js';

/** The menus and pages that an organization's applications show. Whoever changes them holds the whole for that long. */
@Injectable()
export class Navigation {
  constructor(
    private readonly database: Database,
    private readonly accessControl: AccessControl,
    private readonly audit: Audit,
    private readonly idempotency: Idempotency,
  ) {}

  read(actor: Actor): Promise<NavigationView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      NavigationView.of(await findNavigation(tx)),
    );
  }

  /** What the actor may see of it. */
  readVisible(actor: Actor): Promise<VisibleNavigationView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { items } = await findNavigation(tx);
      return VisibleNavigationView.of(visibleTo(treeOf(items), actor.permissions));
    });
  }

  /** @throws Problem `unknown_navigation_item`, `navigation_too_deep`, `navigation_key_taken`, `unknown_permission`, `limit_reached` */
  create(actor: Actor, body: CreateNavigationItemBody): Promise<NavigationItemView> {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await beginNavigationChange(tx, actor.userId);
        const { items } = await findNavigation(tx);
        requireRoomForItems(items.length + 1);
        const parentId = idOfParent(items, body.parent ?? null);
        const item = {
          ...settled(body),
          id: newId(),
          parentId,
          position: body.position ?? endOf(items, parentId),
        };
        requireFreeKey(items, item);
        requireDestination(item.kind, item.path);
        requirePlace(items, item.id, parentId);
        await this.requireKnown(tx, actor, [], [item]);
        await insertNavigationItem(tx, item, actor.userId);
        await this.audit.record(tx, actor, 'navigation_item.created', targetOf(item), changeOf(item));
        return this.viewOf(tx, item.id);
      }),
    );
  }

  /** @throws Problem `not_found`, `stale`, `navigation_cycle`, and as for creating */
  update(
    actor: Actor,
    idOrKey: string,
    body: UpdateNavigationItemBody,
    expectedVersion: ExpectedVersion,
  ): Promise<NavigationItemView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await beginNavigationChange(tx, actor.userId);
      const { items } = await findNavigation(tx);
      const before = itemNamed(items, idOrKey);
      if (before === undefined) throw notFoundProblem();
      requireVersion(before.version, expectedVersion);
      const parentId = body.parent === undefined ? before.parentId : idOfParent(items, body.parent);
      const { key = before.key, label = before.label, kind = before.kind, position = before.position } = body;
      const { path = before.path, permission = before.permission } = body;
      const after = { id: before.id, parentId, key, label, kind, path, position, permission };
      requireFreeKey(items, after);
      requireDestination(kind, path);
      requirePlace(items, before.id, parentId);
      await this.requireKnown(tx, actor, [before], [after]);
      await updateNavigationItem(tx, after, actor.userId);
      await this.audit.record(tx, actor, 'navigation_item.updated', targetOf(before), {
        before: changeOf(before),
        after: changeOf(after),
      });
      return this.viewOf(tx, before.id);
    });
  }

  /** With everything under it. @throws Problem `not_found`, `stale` */
  delete(actor: Actor, idOrKey: string, expectedVersion: ExpectedVersion): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await beginNavigationChange(tx, actor.userId);
      const before = (await findNavigation(tx)).items;
      const item = itemNamed(before, idOrKey);
      if (item === undefined) throw notFoundProblem();
      requireVersion(item.version, expectedVersion);
      await deleteNavigationItem(tx, item.id);
      const left = new Set((await findNavigation(tx)).items.map(({ id }) => id));
      const deleted = before.filter(({ id }) => !left.has(id)).map(({ key }) => key);
      await this.audit.record(tx, actor, 'navigation_item.deleted', targetOf(item), { deleted });
    });
  }

  /**
   * Makes this the whole navigation; what keeps its key keeps its id.
   *
   * @param expectedVersion of the navigation as a whole
   * @throws Problem `stale`, `navigation_key_taken`, `unknown_permission`, `limit_reached`
   */
  replace(
    actor: Actor,
    { items: entries }: ReplaceNavigationBody,
    expectedVersion: ExpectedVersion,
  ): Promise<NavigationView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      requireVersion(await beginNavigationChange(tx, actor.userId), expectedVersion);
      const { items: before } = await findNavigation(tx);
      const ids = new Map(before.map(({ key, id }) => [key, id]));
      const after = [...placed(entries, ids, null, '/items')];
      requireRoomForItems(after.length);
      requireDistinctKeys(after.map(({ key }) => key));
      await this.requireKnown(tx, actor, before, after);
      await replaceNavigationItems(tx, after, actor.userId);
      const keysOf = (items: readonly { key: string }[]): string[] => items.map(({ key }) => key).sort();
      await this.audit.record(
        tx,
        actor,
        'navigation.replaced',
        { type: 'navigation', id: tx.organizationId },
        { before: keysOf(before), after: keysOf(after) },
      );
      return NavigationView.of(await findNavigation(tx));
    });
  }

  /** A permission that was deleted since may stay where it was: nobody sees more by it. */
  private requireKnown(
    tx: Transaction,
    actor: Actor,
    before: readonly { permission: string | null }[],
    after: readonly { permission: string | null }[],
  ): Promise<void> {
    const old = new Set(before.map(({ permission }) => permission));
    const fresh = new Set(
      after.map(({ permission }) => permission).filter((permission) => !old.has(permission)),
    );
    fresh.delete(null);
    return this.accessControl.requireKnown(tx, actor, [...fresh] as string[]);
  }

  private async viewOf(tx: Transaction, id: string): Promise<NavigationItemView> {
    const { items } = await findNavigation(tx);
    return NavigationItemView.of(itemNamed(items, id)!, items);
  }
}

function settled({ key, label, kind, path = null, permission = null }: NavigationEntry) {
  return { key, label, kind: kind ?? (path === null ? 'menu' : 'page'), path, permission } as const;
}

function* placed(
  entries: readonly NavigationEntry[],
  ids: ReadonlyMap<string, string>,
  parentId: string | null,
  pointer: string,
): Generator<NewNavigationItem> {
  for (const [position, entry] of entries.entries()) {
    const item = { ...settled(entry), id: ids.get(entry.key) ?? newId(), parentId, position };
    requireDestination(item.kind, item.path, `${pointer}/${position}`);
    yield item;
    yield* placed(entry.children ?? [], ids, item.id, `${pointer}/${position}/children`);
  }
}

function idOfParent(items: readonly NavigationItemRow[], parent: string | null): string | null {
  if (parent === null) return null;
  const found = itemNamed(items, parent);
  if (found === undefined) throw unknownNavigationItemProblem(parent);
  return found.id;
}

function endOf(items: readonly NavigationItemRow[], parentId: string | null): number {
  const beside = items.filter((item) => item.parentId === parentId);
  return Math.min(1_000_000, Math.max(-1, ...beside.map(({ position }) => position)) + 1);
}

function requireFreeKey(items: readonly NavigationItemRow[], item: { id: string; key: string }): void {
  if (items.some(({ id, key }) => key === item.key && id !== item.id))
    throw navigationKeyTakenProblem(item.key);
}

const targetOf = ({ id }: { id: string }) => ({ type: 'navigation_item', id });

const changeOf = ({ key, label, kind, path, parentId, position, permission }: NewNavigationItem) => ({
  key,
  label,
  kind,
  path,
  parentId,
  position,
  permission,
});
