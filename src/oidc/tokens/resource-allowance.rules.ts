import type { ResourceEntry } from '../../scopes/scopes.types.js';

/**
 * The scopes of an API that an application may ask for. Permissions of the product are given by name only; everything else
 * is open unless somebody has made a list.
 */
export function allowedScopesOf(resource: ResourceEntry, allowed: readonly string[] | undefined): string[] {
  const names = resource.scopes.map(({ name }) => name);
  if (allowed === undefined) return resource.isSystem ? [] : names;
  return names.filter((name) => allowed.includes(name));
}
