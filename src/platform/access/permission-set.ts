/** `resource:action`, `resource:*` or `*`. */
export const permissionPattern = /^(?:\*|[a-z0-9][a-z0-9._-]{0,63}:(?:\*|[a-z0-9][a-z0-9._-]{0,63}))$/;

/**
 * What a principal may do, with `*` and `resource:*` understood. The `platform:` permissions exist in the platform
 * organization only: no wildcard of another organization reaches them.
 */
export class PermissionSet {
  readonly #layers: readonly ReadonlySet<string>[];
  readonly #isPlatform: boolean;

  /** @param layers each of them must agree: an API key holds what both its list and its creator hold */
  constructor(layers: readonly (readonly string[])[], isPlatform: boolean) {
    this.#layers = layers.map((names) => new Set(names));
    this.#isPlatform = isPlatform;
  }

  /** Whether a permission, or everything that a wildcard stands for, is held. */
  holds(permission: string): boolean {
    if (permission.startsWith('platform:') && !this.#isPlatform) return false;
    return this.#layers.length > 0 && this.#layers.every((names) => layerHolds(names, permission));
  }

  /** Every permission that is held, as it was given: wildcards stay wildcards. */
  names(): string[] {
    return [...new Set(this.#layers.flatMap((names) => [...names]))]
      .filter((name) => this.holds(name))
      .sort();
  }

  holdsAll(permissions: readonly string[]): boolean {
    return permissions.every((permission) => this.holds(permission));
  }
}

function layerHolds(names: ReadonlySet<string>, permission: string): boolean {
  if (names.has('*') || names.has(permission)) return true;
  const resource = permission.slice(0, permission.indexOf(':'));
  return resource !== '' && names.has(`${resource}:*`);
}
