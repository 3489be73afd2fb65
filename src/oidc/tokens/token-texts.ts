import type { Provider, Token } from 'oidc-provider';
import { issueToken, type TokenKind } from '../../platform/crypto/secret-token.js';
import { newId } from '../../platform/crypto/uuid.js';
import { engine } from '../engine.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import { tokenKinds } from '../store/token-kinds.js';

/**
 * What is given out looks like everything else that we give out: a type, the organization, 256 random bits and a checksum.
 * So leak scanners know it, and what is none of ours costs no look-up.
 */
export function useOurTokens(provider: Provider, issuer: Issuer): void {
  const text = (kind: TokenKind) => issueToken(kind, issuer.id).token;
  const { AccessToken, ClientCredentials, RefreshToken, Grant } = provider;

  for (const Model of [AccessToken, ClientCredentials]) {
    const { generateTokenId } = Model.prototype;
    Model.prototype.generateTokenId = function (this: Token) {
      // Also settles the format.
      const id = generateTokenId.call(this);
      return this.format === 'opaque' ? text(tokenKinds[this.kind]!) : id;
    };
  }
  RefreshToken.prototype.generateTokenId = () => text('refresh-token');
  Grant.prototype.generateTokenId = newId;

  const { save } = RefreshToken.prototype;
  RefreshToken.prototype.save = async function (this: Token) {
    const value = await save.call(this);
    // Asked again within the grace: the first answer, not another family.
    return notesOf(engine().Provider.ctx).repeated ?? value;
  };
}
