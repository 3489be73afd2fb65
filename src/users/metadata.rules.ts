import { isBoundedJson } from '../platform/json/bounded-json.rules.js';
import { raiseInvalid } from '../platform/problems/problems.js';

export type Metadata = Record<string, unknown>;

export const metadataMaxBytes = 16_384;

/**
 * Merges a patch (RFC 7396): null removes a member, an object goes into the object that is there, anything else replaces.
 *
 * @throws Problem `invalid_request` when the result is larger than metadata may be
 */
export function mergeMetadata(metadata: Metadata, patch: Metadata | null): Metadata {
  const merged = patch === null ? {} : merge(metadata, patch);
  if (!isBoundedJson(merged, metadataMaxBytes)) {
    raiseInvalid([{ pointer: '/metadata', detail: `must not become larger than ${metadataMaxBytes} bytes` }]);
  }
  return merged;
}

/** Whether two JSON values are equal; the order of members means nothing, and the database does not keep it. */
export function sameJson(some: unknown, other: unknown): boolean {
  if (!isContainer(some) || !isContainer(other)) return some === other;
  const names = Object.keys(some);
  return (
    Array.isArray(some) === Array.isArray(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && sameJson(some[name], other[name]))
  );
}

/** The depth of both is bounded where they came in. */
function merge(target: Metadata, patch: Metadata): Metadata {
  const members = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else if (isObject(value)) {
      const current = members.get(name);
      members.set(name, merge(isObject(current) ? current : {}, value));
    } else members.set(name, value);
  }
  return Object.fromEntries(members);
}

function isContainer(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null;
}

function isObject(value: unknown): value is Metadata {
  return isContainer(value) && !Array.isArray(value);
}
