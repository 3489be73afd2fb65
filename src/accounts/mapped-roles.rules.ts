/** Whoever has that value in that claim, or among its values, gets the role. */
export interface MappedRole {
  readonly claim: string;
  readonly value: string;
  readonly roleId: string;
}

const mostValues = 1_000;

/** The roles that somebody gets for what a provider says of them, each once. */
export function mappedRolesOf(
  mappings: readonly MappedRole[],
  claims: Readonly<Record<string, unknown>>,
): string[] {
  const granted = mappings.filter(({ claim, value }) => valuesOf(claims, claim).includes(value));
  return [...new Set(granted.map(({ roleId }) => roleId))];
}

/** A claim by its name or, where there is none of that name, by the place that the dots in it name. */
function valuesOf(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const found = Object.hasOwn(claims, claim) ? claims[claim] : atPlace(claims, claim.split('.'));
  const values: unknown[] = Array.isArray(found) ? found.slice(0, mostValues) : [found];
  return values.flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [String(value)]
      : [],
  );
}

function atPlace(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return atPlace((value as Record<string, unknown>)[name], rest);
}

export interface RoleChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * @param wanted what the mapping gives now
 * @param owned what it has given before
 * @param held every role that the user has
 */
export function decideRoleChange(
  wanted: readonly string[],
  owned: readonly string[],
  held: readonly string[],
): RoleChange {
  return {
    // What the user has from elsewhere stays theirs, whatever the provider says.
    add: wanted.filter((role) => !held.includes(role)),
    remove: owned.filter((role) => !wanted.includes(role)),
  };
}
