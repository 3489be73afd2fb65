import { Injectable } from '@nestjs/common';
import { type FoundPrincipal, PrincipalLookup, type SecretKind } from './principal-lookup.js';

/** Reads tokens that say themselves whose they are. */
export interface TokenReader {
  /**
   * The holder of a token, or null for everything that is not valid now.
   *
   * @param use as a credential it must have been issued for this server; somebody may ask about any that is ours
   * @param subjectId asks for grants as well
   */
  find(
    token: string,
    use: 'credential' | 'subject',
    subjectId?: string | null,
  ): Promise<FoundPrincipal | null>;
}

/** Finds who holds a credential, of whatever kind: the text tells. */
@Injectable()
export class CredentialLookup {
  #tokens: TokenReader | undefined;

  constructor(private readonly lookup: PrincipalLookup) {}

  /** Who reads access tokens; without it none is valid. */
  readTokensWith(reader: TokenReader): void {
    this.#tokens = reader;
  }

  /** Who shows a credential to this server. */
  findCaller(credential: string): Promise<FoundPrincipal | null> {
    return isAccessToken(credential)
      ? this.findByToken(credential, 'credential')
      : this.lookup.find(kindOf(credential), credential);
  }

  /**
   * Whose session or access token it is that somebody asks about.
   *
   * @param subjectId any id asks for the grants of its own user as well
   */
  findSubject(token: string, subjectId: string | null = null): Promise<FoundPrincipal | null> {
    return isAccessToken(token)
      ? this.findByToken(token, 'subject', subjectId)
      : this.lookup.find('session', token, subjectId);
  }

  private findByToken(
    token: string,
    use: 'credential' | 'subject',
    subjectId: string | null = null,
  ): Promise<FoundPrincipal | null> {
    return this.#tokens?.find(token, use, subjectId) ?? Promise.resolve(null);
  }
}

/** A JWT begins with `{"` in base64url; nothing else that we issue does. */
const isAccessToken = (credential: string): boolean => credential.startsWith('ey');

/** The prefix names the kind; whatever has neither is no token at all. */
const kindOf = (credential: string): SecretKind =>
  credential.startsWith('ten_key_') ? 'api-key' : 'session';
