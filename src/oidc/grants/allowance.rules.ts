/** What somebody lets an application do. */
export interface Allowed {
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  readonly resources: Readonly<Record<string, readonly string[]>>;
}

export const nothingAllowed: Allowed = { scopes: [], claims: [], resources: {} };

/** Both together. */
export function allowedTogether(one: Allowed, other: Allowed): Allowed {
  const identifiers = new Set([...Object.keys(one.resources), ...Object.keys(other.resources)]);
  return {
    scopes: union(one.scopes, other.scopes),
    claims: union(one.claims, other.claims),
    resources: Object.fromEntries(
      [...identifiers].map((name) => [name, union(one.resources[name] ?? [], other.resources[name] ?? [])]),
    ),
  };
}

const union = (one: readonly string[], other: readonly string[]): string[] => [
  ...new Set([...one, ...other]),
];
