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
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.js';

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
    private readonly verifiedTokens: VerifiedTokens,
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
    const token = this.verifiedTokens.get(text) ?? (await this.verify(text));
    if (token === null || !isWithinItsTime(token.claims, Date.now() / 1_000)) return null;
    const isOurs = token.claims.audience.includes(productAudience(token.slug));
    if (use === 'credential' && !isOurs) return null;
    return this.holderOf(text, token, isOurs ? token.claims.scopes : null, subjectId);
  }

  private async verify(text: string): Promise<VerifiedToken | null> {
    const token = readToken(text, this.addresses.issuer(''));
    if (token === null) return null;
    const { kid, slug, claims } = token;
    // A key that nobody knows may be a new one.
    const kept = this.issuerKeys.kept(slug);
    const set = kept?.keys.has(kid) ? kept : await this.issuerKeys.read(slug);
    if (set === null || !isSignedWith(set, token)) return null;
    const verified = { kid, slug, claims, organizationId: set.organizationId, version: set.version };
    this.verifiedTokens.keep(text, verified);
    return verified;
  }

  private async holderOf(
    text: string,
    token: VerifiedToken,
    scopes: readonly string[] | null,
    subjectId: string | null,
  ): Promise<FoundPrincipal | null> {
    const { claims, organizationId } = token;
    const kind = claims.sessionId === null ? 'application' : 'access-token';
    const found = await this.lookup.findHolder(kind, organizationId, referenceOf(claims), subjectId);
    if (found === null) return null;
    const holder = JSON.parse(found.answer!) as HolderAnswer;
    if (holder.issuerVersion !== token.version && !(await this.isKeyThere(text, token))) return null;
    return found.limitedBy({
      applicationId: claims.clientId,
      scopes,
      answer: (permissions) => JSON.stringify(validationAnswer(holder, claims, permissions)),
    });
  }

  /** Whether the key is still published; what a removed one has signed is worth nothing. */
  private async isKeyThere(text: string, token: VerifiedToken): Promise<boolean> {
    const set = await this.issuerKeys.read(token.slug);
    if (set?.keys.has(token.kid)) {
      this.verifiedTokens.keep(text, { ...token, version: set.version });
      return true;
    }
    this.verifiedTokens.forget(text);
    return false;
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
