import { describe, expect, it } from '@jest/globals';
import { PermissionSet } from '../platform/access/permission-set.js';
import {
  requireCustomRole,
  requireHeld,
  requireHeldAsLong,
  requireHeldOnceDefined,
  requireSensibleGrants,
  requireTeamRoles,
  sameGrants,
} from './grants.rules.js';

const problem = (code: string) =>
  expect.objectContaining({ kind: expect.objectContaining({ code }) as unknown }) as unknown as Error;

const person = (permissions: string[], roleNames: string[] = []) => ({
  kind: 'session' as const,
  permissions: new PermissionSet([permissions], false),
  roleNames,
});
const key = (creator: string[], list: string[], roleNames: string[] = []) => ({
  kind: 'api-key' as const,
  permissions: new PermissionSet([creator, list], false),
  roleNames,
});

describe('who may give a permission', () => {
  it.each([
    [person(['*']), ['*', 'users:*', 'articles:publish']],
    [person(['users:*']), ['users:read', 'users:*']],
    [person(['articles:publish']), ['articles:publish']],
    [person([]), []],
    [key(['*'], ['articles:publish']), ['articles:publish']],
    [key(['articles:*'], ['*']), ['articles:publish']],
  ])('%# holds it and may', (holder, permissions) => {
    expect(() => requireHeld(holder, permissions)).not.toThrow();
  });

  it.each([
    [person([]), ['users:read']],
    [person(['users:read']), ['users:*']],
    [person(['users:*']), ['*']],
    [person(['users:*', 'roles:*']), ['users:read', 'teams:read']],
    [person(['*']), ['platform:organizations']],
    [person(['*']), ['platform:*']],
    [key(['*'], ['users:read']), ['users:write']],
    [key(['users:read'], ['*']), ['users:write']],
    [key(['*'], ['users:*']), ['*']],
  ])('%# does not hold it and may not', (holder, permissions) => {
    expect(() => requireHeld(holder, permissions)).toThrow(problem('permission_denied'));
  });

  it.each([
    [
      'an admin, of what admins get at this moment',
      person(['roles:*'], ['admin']),
      ['articles:publish'],
      true,
    ],
    ['an admin, of what admins do not get', person(['roles:*'], ['admin']), [], false],
    ['somebody else', person(['roles:*'], ['editor']), ['articles:publish'], false],
    ['a key of an admin', key(['roles:*'], ['roles:*'], ['admin']), ['articles:publish'], false],
    ['an owner', person(['*'], ['owner']), ['articles:publish'], true],
  ])('%s', (_, holder, newlyDefined, may) => {
    const attempt = () => requireHeldOnceDefined(holder, ['articles:publish'], newlyDefined);

    if (may) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(problem('permission_denied'));
  });
});

describe('how long a permission may be given', () => {
  const day = new Date('2026-01-02T00:00:00Z');
  const week = new Date('2026-01-07T00:00:00Z');

  it.each([
    ['for good by who holds it for good', [{ permission: 'a:b', until: null }], 'a:b', null, true],
    ['for a day by who holds it for good', [{ permission: '*', until: null }], 'a:b', day, true],
    ['for a day by who holds it for a week', [{ permission: 'a:*', until: week }], 'a:b', day, true],
    ['for a day by who holds it for that day', [{ permission: 'a:*', until: day }], 'a:*', day, true],
    ['for a week by who holds it for a day', [{ permission: 'a:b', until: day }], 'a:b', week, false],
    ['for good by who holds it for a week', [{ permission: '*', until: week }], '*', null, false],
    [
      'for good by who holds it for a day, and more for good',
      [
        { permission: 'a:b', until: day },
        { permission: 'a:*', until: null },
      ],
      'a:b',
      null,
      true,
    ],
    ['for good by who holds another', [{ permission: 'a:b', until: null }], 'a:*', null, false],
    ['for a day by who holds nothing', [], 'a:b', day, false],
  ])('%s', (_, held, permission, until, may) => {
    const attempt = () => requireHeldAsLong(held, [{ permission, until }]);

    if (may) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(problem('permission_denied'));
  });
});

describe('grants', () => {
  const now = new Date('2026-01-01T00:00:00Z');

  it.each([
    [[]],
    [[{ role: 'editor', expiresAt: null }]],
    [[{ role: 'editor', expiresAt: new Date('2026-01-01T00:00:01Z') }]],
  ])('%# make sense', (grants) => {
    expect(() => requireSensibleGrants(grants, now)).not.toThrow();
  });

  it.each([
    ['end now', [{ role: 'editor', expiresAt: now }]],
    ['ended', [{ role: 'editor', expiresAt: new Date('2025-12-31T23:59:59Z') }]],
    ['end at no time', [{ role: 'editor', expiresAt: new Date('nonsense') }]],
    [
      'name a role twice',
      [
        { role: 'editor', expiresAt: null },
        { role: 'editor', expiresAt: new Date('2027-01-01T00:00:00Z') },
      ],
    ],
  ])('that %s are refused', (_, grants) => {
    expect(() => requireSensibleGrants(grants, now)).toThrow(problem('invalid_request'));
  });

  it('are the same in any order, and differ by their end', () => {
    const editor = { role: 'editor', expiresAt: null };
    const member = { role: 'member', expiresAt: null };

    expect(sameGrants([editor, member], [member, editor])).toBe(true);
    expect(sameGrants([editor], [{ ...editor, expiresAt: now }])).toBe(false);
    expect(sameGrants([editor], [editor, member])).toBe(false);
  });
});

describe('roles that are special', () => {
  it('cannot be changed when they are the product’s', () => {
    expect(() => requireCustomRole({ name: 'member', isSystemRole: true })).toThrow(problem('system_role'));
    expect(() => requireCustomRole({ name: 'editor', isSystemRole: false })).not.toThrow();
  });

  it('cannot be brought by a team when it is owner', () => {
    expect(() => requireTeamRoles(['editor', 'owner'])).toThrow(problem('owner_not_for_teams'));
    expect(() => requireTeamRoles(['editor', 'admin'])).not.toThrow();
  });
});
