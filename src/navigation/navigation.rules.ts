import { isHttpsAddress } from '../platform/addresses/https-address.rules.js';
import { Problem } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import {
  navigationCycle,
  navigationKeyTakenProblem,
  navigationTooDeepProblem,
  tooManyNavigationItemsProblem,
} from './navigation.problems.js';

export const deepestLevel = 5;
export const mostItems = 500;

interface Placed {
  readonly id: string;
  readonly parentId: string | null;
}

export type Tree<Item> = (Item & { children: Tree<Item> })[];

/** The one of this id or key; no key looks like an id. */
export function itemNamed<Item extends { id: string; key: string }>(
  items: readonly Item[],
  idOrKey: string,
): Item | undefined {
  return items.find(({ id, key }) => key === idOrKey || id === idOrKey.toLowerCase());
}

/** The items under their parents, in the order in which they come. */
export function treeOf<Item extends Placed>(items: readonly Item[]): Tree<Item> {
  const byParent = Map.groupBy(items, ({ parentId }) => parentId);
  const under = (parentId: string | null): Tree<Item> =>
    (byParent.get(parentId) ?? []).map((item) => ({ ...item, children: under(item.id) }));
  return under(null);
}

/**
 * Whether `item` may be under `parentId`, with everything that is under itself.
 *
 * @throws Problem `navigation_cycle`, `navigation_too_deep`
 */
export function requirePlace(items: readonly Placed[], itemId: string, parentId: string | null): void {
  const parents = new Map(items.map(({ id, parentId: parent }) => [id, parent]));
  let level = 1;
  for (let above = parentId; above !== null; above = parents.get(above) ?? null) {
    if (above === itemId) throw new Problem(navigationCycle);
    level += 1;
  }
  if (level - 1 + heightOf(items, itemId) > deepestLevel) throw navigationTooDeepProblem(deepestLevel);
}

/** Levels that an item and what is under it take. */
function heightOf(items: readonly Placed[], itemId: string): number {
  const children = items.filter(({ parentId }) => parentId === itemId);
  return 1 + Math.max(0, ...children.map(({ id }) => heightOf(items, id)));
}

/** @throws Problem `limit_reached` */
export function requireRoomForItems(count: number): void {
  if (count > mostItems) throw tooManyNavigationItemsProblem(mostItems);
}

/** @throws Problem `navigation_key_taken` */
export function requireDistinctKeys(keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw navigationKeyTakenProblem(key);
    seen.add(key);
  }
}

/** @throws Problem `invalid_request` for a page that leads nowhere */
export function requireDestination(kind: string, path: string | null, pointer = ''): void {
  if (kind === 'page' && path === null)
    raiseInvalid([{ pointer: `${pointer}/path`, detail: 'must be there: a page leads somewhere' }]);
}

/**
 * Where an item leads: a path of the application's own host, or an https address. To browsers `/\\evil.example` and, with
 * a tab in it, `/␉/evil.example` are other hosts.
 */
export function isDestination(path: string): boolean {
  if (!path.startsWith('/')) return isHttpsAddress(path);
  const ownHost = 'https://own.invalid';
  return (
    !/[\s\\\p{C}]/u.test(path) && URL.canParse(path, ownHost) && new URL(path, ownHost).origin === ownHost
  );
}

interface Shown {
  readonly permission: string | null;
  readonly path: string | null;
}

/**
 * What somebody may see. Who may not see an item sees nothing under it; a menu that leads nowhere and has nothing left to
 * show is left out.
 */
export function visibleTo<Item extends Shown>(
  tree: Tree<Item>,
  permissions: { holds: (permission: string) => boolean },
): Tree<Item> {
  return tree
    .filter(({ permission }) => permission === null || permissions.holds(permission))
    .map((item) => ({ ...item, children: visibleTo(item.children, permissions) }))
    .filter(({ path, children }) => path !== null || children.length > 0);
}
