import type { Allowed } from './allowance.rules.js';

/** A grant as the engine stores it. */
export interface GrantPayload {
  readonly openid?: { readonly scope?: string; readonly claims?: readonly string[] };
  readonly resources?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** What a grant allows. */
export function allowedBy({ openid, resources = {} }: GrantPayload): Allowed {
  return {
    scopes: words(openid?.scope),
    claims: openid?.claims ?? [],
    resources: Object.fromEntries(Object.entries(resources).map(([name, scope]) => [name, words(scope)])),
  };
}

/** The same grant, allowing exactly that. */
export function allowing(payload: GrantPayload, { scopes, claims, resources }: Allowed): GrantPayload {
  return {
    ...payload,
    openid: { ...(scopes.length > 0 && { scope: scopes.join(' ') }), ...(claims.length > 0 && { claims }) },
    resources: Object.fromEntries(Object.entries(resources).map(([name, names]) => [name, names.join(' ')])),
  };
}

const words = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : text.split(' ');
