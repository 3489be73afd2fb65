import { describe, expect, it } from '@jest/globals';
import {
  couldBeIdentifier,
  isProductPermission,
  originOfPermission,
  ownPermissions,
} from './permissions.rules.js';
import { productPermissions, productResources, systemRoles } from './product-permissions.js';

describe('the origin of a permission', () => {
  it.each([
    ['*', false, 'product'],
    ['users:read', false, 'product'],
    ['users:*', false, 'product'],
    ['owners:write', false, 'product'],
    ['platform:organizations', true, 'product'],
    ['platform:*', true, 'product'],
    ['articles:publish', false, 'organization'],
    ['articles:*', false, 'organization'],
    ['user:read', false, 'organization'],
  ])('%s (platform: %s) is of the %s', (permission, isPlatform, origin) => {
    expect(originOfPermission(permission, isPlatform)).toBe(origin);
  });

  it.each([
    ['users:frobnicate', false],
    ['organization:create', true],
    ['platform:organizations', false],
    ['platform:*', false],
    ['platform:anything', true],
  ])('%s (platform: %s) does not exist', (permission, isPlatform) => {
    expect(() => originOfPermission(permission, isPlatform)).toThrow(
      expect.objectContaining({
        kind: expect.objectContaining({ code: 'unknown_permission' }),
      }) as unknown as Error,
    );
  });

  it('tells the own ones from those of the product', () => {
    const own = ownPermissions(['*', 'users:read', 'articles:publish', 'articles:*'], false);

    expect(own).toEqual(['articles:publish', 'articles:*']);
  });
});

describe('the permissions of the product', () => {
  it('are known by name, those of the platform to the platform only', () => {
    expect(isProductPermission('users:read', false)).toBe(true);
    expect(isProductPermission('platform:organizations', false)).toBe(false);
    expect(isProductPermission('platform:organizations', true)).toBe(true);
    expect(isProductPermission('articles:publish', true)).toBe(false);
  });

  it('are all held by admin but those about the organization’s end, its owners, the platform and acting for users elsewhere', () => {
    const admin = systemRoles.find(({ name }) => name === 'admin')!.permissions;

    const missing = productPermissions
      .filter(({ name, resource }) => !admin.includes(name) && !admin.includes(`${resource}:*`))
      .map(({ name }) => name);

    expect(missing).toEqual([
      'accounts:tokens',
      'organization:delete',
      'owners:write',
      'platform:organizations',
    ]);
    expect([...productResources]).toContain('platform');
  });
});

describe('what can be an identifier', () => {
  it.each([
    ['editor', true],
    ['articles:publish', true],
    ['0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4', true],
    ['', false],
    ['a b', false],
    ['a\0', false],
    ['ä', false],
    ['a'.repeat(130), false],
  ])('%j: %s', (text, could) => {
    expect(couldBeIdentifier(text)).toBe(could);
  });
});
