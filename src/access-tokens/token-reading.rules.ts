/** A JWT taken apart; nothing of it is true yet. */
export interface UnverifiedToken {
  readonly alg: string;
  readonly kid: string;
  /** The slug of the organization that it says it is from. */
  readonly slug: string;
  readonly claims: TokenClaims;
  /** What the signature is of. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** What a token must say to be a credential here (RFC 9068, section 2.2). */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly clientId: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly notBefore: number | null;
  /** Null where an application acts for itself. */
  readonly sessionId: string | null;
}

/** A header of 4 KB has no room for more. */
const mostCharacters = 4_096;
const tokenPattern = /^([\w-]{20,500})\.([\w-]{20,})\.([\w-]{64,700})$/;
const kidPattern = /^[\w-]{43}$/;
const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** RFC 9068, section 4; media types have no case. */
const tokenTypes = ['at+jwt', 'application/at+jwt'];

/**
 * Takes a token apart without believing it. Null for what is no access token that this server could have issued: another
 * type (an id token is no credential), another issuer, headers that it does not understand.
 *
 * @param issuers what the address of every issuer begins with, before the slug
 */
export function readToken(text: string, issuers: string): UnverifiedToken | null {
  const parts = text.length <= mostCharacters ? tokenPattern.exec(text) : null;
  if (parts === null) return null;
  const [, header, body, signature] = parts as unknown as [string, string, string, string];
  const { alg, kid, typ, crit, b64 } = parsed(header) ?? {};
  if (typeof typ !== 'string' || !tokenTypes.includes(typ.toLowerCase())) return null;
  if (typeof alg !== 'string' || typeof kid !== 'string' || !kidPattern.test(kid)) return null;
  // RFC 7515, section 4.1.11: what must be understood and is not.
  if (crit !== undefined || b64 !== undefined) return null;
  const payload = parsed(body);
  const claims = payload && readClaims(payload);
  if (!claims || !claims.iss.startsWith(issuers)) return null;
  const slug = claims.iss.slice(issuers.length);
  if (!slugPattern.test(slug)) return null;
  const signed = text.slice(0, header.length + 1 + body.length);
  return { alg, kid, slug, claims, signed, signature: Buffer.from(signature, 'base64url') };
}

/** Null where a claim is missing, or not what it must be. A token that is bound to a key needs a proof that nobody asks for here. */
function readClaims(payload: Record<string, unknown>): TokenClaims | null {
  const { iss, sub, client_id: clientId, aud, scope = '', iat, exp, nbf, sid, cnf } = payload;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof scope !== 'string') return null;
  if (typeof clientId !== 'string' || !uuidPattern.test(clientId)) return null;
  const audience = typeof aud === 'string' ? [aud] : aud;
  if (!Array.isArray(audience) || !audience.every((name) => typeof name === 'string')) return null;
  if (!isMoment(iat) || !isMoment(exp) || !(nbf === undefined || isMoment(nbf))) return null;
  if (sid !== undefined && (typeof sid !== 'string' || !uuidPattern.test(sid))) return null;
  if (sid === undefined && sub !== clientId) return null;
  if (cnf !== undefined) return null;
  return {
    iss,
    sub,
    clientId,
    audience: audience as string[],
    scopes: scope.split(' ').filter((name) => name !== ''),
    issuedAt: iat,
    expiresAt: exp,
    notBefore: nbf ?? null,
    sessionId: sid ?? null,
  };
}

/** What another server's clock may be ahead. */
const toleranceSeconds = 30;

/** Whether a token is within its time. @param now in seconds */
export function isWithinItsTime({ issuedAt, notBefore, expiresAt }: TokenClaims, now: number): boolean {
  return now < expiresAt && Math.max(issuedAt, notBefore ?? issuedAt) <= now + toleranceSeconds;
}

const isMoment = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function parsed(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
