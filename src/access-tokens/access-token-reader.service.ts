import { verify } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { bytesOfUuid } from '../platform/crypto/uuid.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { CredentialLookup, type TokenReader } from '../sessions/credential-lookup.service.js';
import { type FoundPrincipal, PrincipalLookup } from '../sessions/principal-lookup.js';
import { productAudience } from './access-token.rules.js';
import { type HolderAnswer, validationAnswer } from './holder-answer.rules.js';
import { IssuerKeys, type IssuerKeySet } from './issuer-keys.js';
import { isWithinItsTime, readToken, type TokenClaims, type UnverifiedToken } from './token-reading.rules.js';

const digests = { ES256: 'sha256', RS256: 'sha256', EdDSA: null } as const;

/**
 * JWT access tokens as credentials. The signature proves what was issued, and the database says whether it is alive: its
 * session, grant, user, application and organization, and the key, with the same statement as everybody else's.
 */
@Injectable()
export class AccessTokenReader implements TokenReader, OnModuleInit {
  constructor(
    private readonly credentials: CredentialLookup,
    private readonly lookup: PrincipalLookup,
    private readonly issuerKeys: IssuerKeys,
    private readonly addresses: PublicAddresses,
  ) {}

  onModuleInit(): void {
    this.credentials.readTokensWith(this);
  }

  async find(
    text: string,
    use: 'credential' | 'subject',
    subjectId: string | null = null,
  ): Promise<FoundPrincipal | null> {
    const token = readToken(text, this.addresses.issuer(''));
    if (token === null || !isWithinItsTime(token.claims, Date.now() / 1_000)) return null;
    const isOurs = token.claims.audience.includes(productAudience(token.slug));
    if (use === 'credential' && !isOurs) return null;
    const keys = await this.verified(token);
    return keys === null ? null : this.holderOf(token, keys, isOurs ? token.claims.scopes : null, subjectId);
  }

  /** The set of keys with which the signature was verified, or null. A key that nobody knows may be a new one. */
  private async verified(token: UnverifiedToken): Promise<IssuerKeySet | null> {
    const kept = this.issuerKeys.kept(token.slug);
    const keys = kept?.keys.has(token.kid) ? kept : await this.issuerKeys.read(token.slug);
    return keys !== null && isSignedWith(keys, token) ? keys : null;
  }

  private async holderOf(
    { claims, slug, kid }: UnverifiedToken,
    keys: IssuerKeySet,
    scopes: readonly string[] | null,
    subjectId: string | null,
  ): Promise<FoundPrincipal | null> {
    const kind = claims.sessionId === null ? 'application' : 'access-token';
    const found = await this.lookup.findHolder(kind, keys.organizationId, referenceOf(claims), subjectId);
    if (found === null) return null;
    const holder = JSON.parse(found.answer!) as HolderAnswer;
    // A key that was removed meanwhile has signed nothing.
    if (holder.issuerVersion !== keys.version && !(await this.issuerKeys.read(slug))?.keys.has(kid))
      return null;
    return found.limitedBy({
      applicationId: claims.clientId,
      scopes,
      answer: (permissions) => JSON.stringify(validationAnswer(holder, claims, permissions)),
    });
  }
}

function isSignedWith({ keys }: IssuerKeySet, { kid, alg, signed, signature }: UnverifiedToken): boolean {
  const key = keys.get(kid);
  // The key says how it signs; a token that says something else is none of its.
  if (key === undefined || key.alg !== alg) return false;
  return verify(
    digests[key.alg],
    Buffer.from(signed),
    { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

/** As `find_token_holders` takes it. */
function referenceOf({ sessionId, clientId, issuedAt }: TokenClaims): Buffer {
  if (sessionId === null) return bytesOfUuid(clientId);
  const second = Buffer.alloc(8);
  second.writeBigInt64BE(BigInt(issuedAt));
  return Buffer.concat([bytesOfUuid(sessionId), bytesOfUuid(clientId), second]);
}
