import { unknownPermissionProblem } from './access-control.problems.js';
import { type ProductPermission, productPermissions, productResources } from './product-permissions.js';

/**
 * Who knows a permission or wildcard: the product, or the organization itself (which may have to define it first).
 *
 * @throws Problem `unknown_permission` for what the product's reserved resources do not have
 */
export function originOfPermission(permission: string, isPlatform: boolean): 'product' | 'organization' {
  if (permission === '*') return 'product';
  const [resource, action] = permission.split(':') as [string, string];
  if (!productResources.has(resource)) return 'organization';
  const isKnown = productPermissions.some(
    (known) =>
      known.resource === resource &&
      (known.action === action || action === '*') &&
      (isPlatform || !known.platformOnly),
  );
  if (!isKnown) throw unknownPermissionProblem(permission);
  return 'product';
}

export const isWildcard = (permission: string): boolean => permission.endsWith('*');

/** The organization's own permissions and wildcards among `permissions`. @throws Problem `unknown_permission` */
export function ownPermissions(permissions: readonly string[], isPlatform: boolean): string[] {
  return permissions.filter((permission) => originOfPermission(permission, isPlatform) === 'organization');
}

/** Whether a text from an address can be an id or a name at all; PostgreSQL chokes on some that cannot. */
export const couldBeIdentifier = (text: string): boolean => /^[a-z0-9._:-]{1,129}$/i.test(text);

/** The product's permissions as one organization sees them. */
export const productPermissionsOf = (isPlatform: boolean): ProductPermission[] =>
  productPermissions.filter(({ platformOnly }) => isPlatform || !platformOnly);

export const isProductPermission = (permission: string, isPlatform: boolean): boolean =>
  productPermissionsOf(isPlatform).some(({ name }) => name === permission);
