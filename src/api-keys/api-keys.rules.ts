import { Problem } from '../platform/problems/problem.js';
import { permissionDenied, raiseInvalid } from '../platform/problems/problems.js';

/**
 * Long enough to tell keys apart: behind the kind stands the organization, the same in all of its keys, and then the
 * secret, of which the prefix gives 42 bits of 256 away.
 */
const prefixLength = 36;

export const prefixOf = (key: string): string => key.slice(0, prefixLength);

/** The last moment that every client can read. */
const lastMoment = new Date('9999-12-31T00:00:00Z');

/**
 * When a new key expires.
 *
 * @param wanted null for never, undefined for whatever is allowed
 * @param parent the key that makes it, if it is one: no key makes one that lives longer than itself
 * @throws Problem `invalid_request`, `permission_denied`
 */
export function decideExpiry(
  wanted: string | null | undefined,
  parent: { readonly expiresAt: Date | null } | null,
  now: Date,
): Date | null {
  const limit = parent?.expiresAt ?? null;
  if (wanted === undefined) return limit;
  const expiresAt = wanted === null ? null : new Date(wanted);
  if (expiresAt !== null && !(expiresAt > now && expiresAt < lastMoment))
    raiseInvalid([{ pointer: '/expiresAt', detail: 'must be in the future, before the year 10000' }]);
  if (limit !== null && (expiresAt === null || expiresAt > limit)) {
    throw new Problem(permissionDenied, {
      detail: `A key makes no key that lives longer than itself: until ${limit.toISOString()}`,
    });
  }
  return expiresAt;
}

/** Each permission once, in order. */
export const canonicalPermissions = (permissions: readonly string[]): string[] =>
  [...new Set(permissions)].sort();
