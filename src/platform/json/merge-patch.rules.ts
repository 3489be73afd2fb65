export type JsonObject = Record<string, unknown>;

/**
 * Merges a patch (RFC 7396): null removes a member, an object goes into the object that is there, anything else replaces.
 * The depth of both is bounded where they came in.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const members = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else if (isObject(value)) {
      const current = members.get(name);
      members.set(name, mergePatch(isObject(current) ? current : {}, value));
    } else members.set(name, value);
  }
  return Object.fromEntries(members);
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

function isContainer(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function isObject(value: unknown): value is JsonObject {
  return isContainer(value) && !Array.isArray(value);
}
