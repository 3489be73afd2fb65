/**
 * What an access token says about its holder (RFC 9068), within a size that every proxy lets through. The engine adds
 * what the protocol demands: `iss`, `aud`, `sub`, `client_id`, `iat`, `exp`, `jti`, `scope`, `cnf`.
 */
export interface HolderClaims {
  /** The session that the token lives with; none for a machine's own token. */
  readonly sid?: string;
  readonly org: { readonly id: string; readonly slug: string };
  readonly roles: readonly string[];
  /** As they are held: `*` and `resource:*` stay what they are. */
  readonly permissions: readonly string[];
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Who acts for the subject (RFC 8693, section 4.1). */
  readonly act?: Actor;
}

export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

export interface TokenHolder {
  readonly organization: { readonly id: string; readonly slug: string };
  /** Null for a machine application that acts for itself. */
  readonly session: {
    readonly id: string;
    readonly authenticatedAt: Date;
    readonly methods: readonly string[];
    readonly acr?: string;
  } | null;
  readonly roles: readonly string[];
  /** For the audience of the product itself those that are held and granted. */
  readonly permissions: readonly string[];
  readonly actor?: Actor;
}

/** The longest access token, in characters. A header of 4 KB takes it together with its name and a scheme. */
export const mostTokenCharacters = 3_072;

/** The longest `scope` of a token: what is asked for beyond it is refused as `invalid_scope`, since nothing could be left out. */
export const mostScopeCharacters = 1_000;

/** The product's own API as an audience: its scopes are the product's permissions. */
export const productAudience = (slug: string): string => `urn:tenantry:${slug}`;

export function holderClaims({
  organization,
  session,
  roles,
  permissions,
  actor,
}: TokenHolder): HolderClaims {
  return {
    ...(session && { sid: session.id }),
    org: { id: organization.id, slug: organization.slug },
    roles: [...roles].sort(),
    permissions: [...permissions].sort(),
    ...(session && {
      auth_time: Math.floor(session.authenticatedAt.getTime() / 1_000),
      amr: [...session.methods],
      ...(session.acr !== undefined && { acr: session.acr }),
    }),
    ...(actor && { act: actor }),
  };
}

/** Characters of a signature in base64url. */
const signatureCharacters: Readonly<Record<string, number>> = { ES256: 86, EdDSA: 86, RS256: 512 };

/** `{"alg":"ES256","typ":"at+jwt","kid":"…43 characters…"}` in base64url, and the two dots. */
const frameCharacters = 120;

export function signedLength(payload: TokenPayload, alg: string): number {
  const body = Math.ceil((Buffer.byteLength(JSON.stringify(payload)) * 4) / 3);
  return frameCharacters + body + (signatureCharacters[alg] ?? 512);
}

/** Everything that will be signed. */
export interface TokenPayload {
  readonly permissions?: readonly string[];
  readonly roles?: readonly string[];
  readonly permission_set?: string;
  readonly [claim: string]: unknown;
}

/**
 * The claims of a whole token, made to fit. What does not fit goes in this order: `permissions`, in whose place
 * `permission_set` names them, and then `roles`. Who verifies such a token asks the server for them.
 *
 * @param reference names a list of permissions; the same list has the same name
 */
export function fitAccessToken(
  payload: TokenPayload,
  alg: string,
  reference: (permissions: readonly string[]) => string,
): TokenPayload {
  if (signedLength(payload, alg) <= mostTokenCharacters || payload.permissions === undefined) return payload;
  const { permissions, ...rest } = payload;
  const referring: TokenPayload = { ...rest, permission_set: reference(permissions) };
  if (signedLength(referring, alg) <= mostTokenCharacters) return referring;
  const { roles: _, ...short } = referring;
  return short;
}
