import { describe, expect, it } from '@jest/globals';
import { PermissionSet } from '../platform/access/permission-set.js';
import {
  isDestination,
  requireDestination,
  requireDistinctKeys,
  requirePlace,
  requireRoomForItems,
  treeOf,
  type Tree,
  visibleTo,
} from './navigation.rules.js';

/** a > b > c > d, and e beside a. */
const items = [
  { id: 'a', parentId: null },
  { id: 'e', parentId: null },
  { id: 'b', parentId: 'a' },
  { id: 'c', parentId: 'b' },
  { id: 'd', parentId: 'c' },
];

describe('treeOf', () => {
  it('puts each under its parent, in order', () => {
    expect(treeOf(items)).toMatchObject([
      {
        id: 'a',
        children: [{ id: 'b', children: [{ id: 'c', children: [{ id: 'd', children: [] }] }] }],
      },
      { id: 'e', children: [] },
    ]);
  });
});

describe('requirePlace', () => {
  it.each([
    ['new', null],
    ['new', 'd'],
    ['e', 'd'],
    ['a', 'e'],
    ['d', 'a'],
    ['c', null],
  ])('lets %s be under %s', (id, parentId) => {
    expect(() => requirePlace(items, id, parentId)).not.toThrow();
  });

  it.each([
    ['a', 'a'],
    ['a', 'd'],
    ['b', 'c'],
  ])('lets %s not be under %s, which is inside it', (id, parentId) => {
    expect(() => requirePlace(items, id, parentId)).toThrow(
      expect.objectContaining({ kind: expect.objectContaining({ code: 'navigation_cycle' }) }),
    );
  });

  it('counts what comes along', () => {
    const five = [...items, { id: 'f', parentId: 'd' }, { id: 'g', parentId: 'e' }];

    expect(() => requirePlace(five, 'new', 'f')).toThrow(/5 levels/);
    expect(() => requirePlace(five, 'e', 'd')).toThrow(/5 levels/);
    expect(() => requirePlace(five, 'e', 'c')).not.toThrow();
  });
});

describe('requireDistinctKeys, requireRoomForItems, requireDestination', () => {
  it('refuse what cannot be', () => {
    expect(() => requireDistinctKeys(['a', 'b', 'a'])).toThrow(/item a/);
    expect(() => requireRoomForItems(501)).toThrow(/500/);
    expect(() => requireDestination('page', null)).toThrow(/malformed/);
  });

  it('let the rest be', () => {
    expect(() => requireDistinctKeys(['a', 'b'])).not.toThrow();
    expect(() => requireRoomForItems(500)).not.toThrow();
    expect(() => requireDestination('menu', null)).not.toThrow();
    expect(() => requireDestination('page', '/a')).not.toThrow();
  });
});

describe('isDestination', () => {
  it.each([
    '/',
    '/articles',
    '/articles?sort=new#top',
    '/a//b',
    '/über-uns',
    'https://docs.acme.example',
    'https://docs.acme.example:8443/a?b=c#d',
    'HTTPS://docs.acme.example/',
  ])('takes %s', (path) => {
    expect(isDestination(path)).toBe(true);
  });

  it.each([
    '',
    'articles',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/a b',
    '/a\u202eb',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://acme.example/1',
    'http://acme.example',
    'https:',
    'https:/acme.example',
    'https:///acme.example',
    'https:acme.example',
    'https://user@acme.example',
    'https://user:password@acme.example',
    'https://',
    'mailto:max@acme.example',
  ])('refuses %j', (path) => {
    expect(isDestination(path)).toBe(false);
  });
});

describe('visibleTo', () => {
  const item = (
    key: string,
    permission: string | null,
    path: string | null,
    children: Tree<Item> = [],
  ): Tree<Item>[number] => ({ key, permission, path, children });
  interface Item {
    key: string;
    permission: string | null;
    path: string | null;
  }
  const tree = [
    item('home', null, '/'),
    item('articles', 'articles:read', '/articles', [
      item('publish', 'articles:publish', '/articles/publish'),
      item('open', null, '/articles/open'),
    ]),
    item('more', null, null, [item('users', 'users:read', '/users'), item('inner', null, null)]),
  ];
  const keysOf = (shown: Tree<Item>): unknown[] =>
    shown.map(({ key, children }) => (children.length === 0 ? key : [key, ...keysOf(children)]));

  it.each([
    [[], ['home']],
    [['articles:read'], ['home', ['articles', 'open']]],
    [['articles:publish'], ['home']],
    [['articles:*'], ['home', ['articles', 'publish', 'open']]],
    [['users:read'], ['home', ['more', 'users']]],
    [['*'], ['home', ['articles', 'publish', 'open'], ['more', 'users']]],
  ])('shows to who holds %j', (held, expected) => {
    expect(keysOf(visibleTo(tree, new PermissionSet([held], false)))).toEqual(expected);
  });
});
