import { type Type } from '@nestjs/common';
import {
  Choice,
  Id,
  Integer,
  Moment,
  Nested,
  Text,
  Trimmed,
  ValidateWith,
} from '../platform/http/properties.js';
import { type NavigationKind, navigationKinds } from './navigation-item.entity.js';
import type { NavigationItemRow, NavigationRow } from './navigation.queries.js';
import { deepestLevel, isDestination, mostItems, type Tree, treeOf } from './navigation.rules.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const Key = (use: Use = {}) =>
  Text({
    ...use,
    max: 64,
    pattern: /^(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[a-z0-9][a-z0-9._-]*$/,
    patternText: 'must be lower-case letters, digits, dots, underscores and hyphens, and not look like an id',
    example: 'articles',
    describe: 'Its name for programs, one of a kind in the organization',
  });
const Label =
  (use: Use = {}): PropertyDecorator =>
  (target, name) => {
    Trimmed()(target, name);
    Text({
      ...use,
      max: 100,
      pattern: /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u,
      patternText: 'must be one line',
      example: 'Articles',
      describe: 'What people read; plain text',
    })(target, name);
  };
const Kind = (use: Use = {}) =>
  Choice(navigationKinds, {
    ...use,
    example: 'page',
    describe: 'A `page` leads somewhere, a `menu` need not; left out, it is a page where there is a path',
  });
const Path =
  (use: Use = {}): PropertyDecorator =>
  (target, name) => {
    ValidateWith(
      'destination',
      (value) => typeof value === 'string' && isDestination(value),
      'must be a path such as /articles, or an https address without a user',
    )(target, name);
    Text({
      ...use,
      max: 2_000,
      example: '/articles',
      describe: 'Where it leads: a path on the application’s own host, or an `https` address',
    })(target, name);
  };
const Permission = (use: Use = {}) =>
  Text({
    ...use,
    max: 129,
    pattern: /^[a-z0-9][a-z0-9._-]{0,63}:[a-z0-9][a-z0-9._-]{0,63}$/,
    patternText: 'must be a permission like articles:publish, no wildcard',
    example: 'users:read',
    describe: 'Who may see it, and what is under it; null for everybody who is signed in',
  });
const Position = (use: Use = {}) =>
  Integer({
    ...use,
    min: 0,
    max: 1_000_000,
    fromBody: true,
    example: 1,
    describe: 'Place among those beside it: lower comes first, and of the same the one whose key does',
  });
const Parent = (use: Use = {}) =>
  Text({
    ...use,
    max: 64,
    example: 'articles',
    describe: 'Id or key of the item that this one is under; null at the top',
  });

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;

export class CreateNavigationItemBody {
  @Key()
  key!: string;

  @Label()
  label!: string;

  @Kind(optional)
  kind?: NavigationKind;

  @Path(clearable)
  path?: string | null;

  @Text({ max: 64, ...clearable, example: null, describe: 'Id or key of the item that this one is under' })
  parent?: string | null;

  @Position(optional)
  position?: number;

  @Permission(clearable)
  permission?: string | null;
}

export class UpdateNavigationItemBody {
  @Key(optional)
  key?: string;

  @Label(optional)
  label?: string;

  @Kind(optional)
  kind?: NavigationKind;

  @Path(clearable)
  path?: string | null;

  @Text({
    max: 64,
    ...clearable,
    example: null,
    describe: 'Id or key of the item to move this one under; null for the top',
  })
  parent?: string | null;

  @Position(optional)
  position?: number;

  @Permission(clearable)
  permission?: string | null;
}

/** One item of a whole navigation, with those under it. */
export interface NavigationEntry {
  key: string;
  label: string;
  kind?: NavigationKind;
  path?: string | null;
  permission?: string | null;
  children?: NavigationEntry[];
}

class Entry {
  @Key()
  key!: string;

  @Label()
  label!: string;

  @Kind(optional)
  kind?: NavigationKind;

  @Path(clearable)
  path?: string | null;

  @Permission(clearable)
  permission?: string | null;
}

/** A class a level, so that the document says how deep it may get, and nobody has to look for the end. */
function entryOfLevel(level: number): Type<NavigationEntry> {
  class LeveledEntry extends Entry {}
  if (level < deepestLevel) {
    const below = entryOfLevel(level + 1);
    Nested(() => below as never, { list: true, maxItems: mostItems, optional: true })(
      LeveledEntry.prototype,
      'children',
    );
  }
  Object.defineProperty(LeveledEntry, 'name', { value: `NavigationEntry${level}` });
  return LeveledEntry;
}

const TopEntry = entryOfLevel(1);

export class ReplaceNavigationBody {
  @Nested(() => TopEntry as never, {
    list: true,
    maxItems: mostItems,
    describe: `In their order. At most ${mostItems} items on ${deepestLevel} levels`,
  })
  items!: NavigationEntry[];
}

export class NavigationItemView {
  @Id()
  id!: string;

  @Key()
  key!: string;

  @Label()
  label!: string;

  @Kind()
  kind!: NavigationKind;

  @Path({ nullable: true })
  path!: string | null;

  @Parent({ nullable: true })
  parent!: string | null;

  @Position()
  position!: number;

  @Permission({ nullable: true })
  permission!: string | null;

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of(
    { parentId, ...row }: NavigationItemRow,
    items: readonly NavigationItemRow[],
  ): NavigationItemView {
    return { ...row, parent: items.find(({ id }) => id === parentId)?.key ?? null };
  }
}

export class NavigationNodeView extends NavigationItemView {
  @Nested(() => NavigationNodeView, { list: true, example: [], describe: 'What is under it' })
  children!: NavigationNodeView[];
}

export class NavigationView {
  @Nested(() => NavigationNodeView, { list: true, describe: 'What is at the top' })
  items!: NavigationNodeView[];

  @Integer({ min: 0, max: 2_147_483_647, example: 3, describe: 'Of the navigation as a whole' })
  version!: number;

  static of({ version, items }: NavigationRow): NavigationView {
    const nodes = (tree: Tree<NavigationItemRow>, parent: string | null): NavigationNodeView[] =>
      tree.map(({ parentId: _parentId, children, ...row }) => ({
        ...row,
        parent,
        children: nodes(children, row.key),
      }));
    return { items: nodes(treeOf(items), null), version };
  }
}

export class VisibleItemView {
  @Key()
  key!: string;

  @Label()
  label!: string;

  @Kind()
  kind!: NavigationKind;

  @Path({ nullable: true })
  path!: string | null;

  @Nested(() => VisibleItemView, { list: true, example: [], describe: 'What you may see under it' })
  children!: VisibleItemView[];
}

export class VisibleNavigationView {
  @Nested(() => VisibleItemView, { list: true })
  items!: VisibleItemView[];

  static of(tree: Tree<NavigationItemRow>): VisibleNavigationView {
    const views = (nodes: Tree<NavigationItemRow>): VisibleItemView[] =>
      nodes.map(({ key, label, kind, path, children }) => ({
        key,
        label,
        kind,
        path,
        children: views(children),
      }));
    return { items: views(tree) };
  }
}
