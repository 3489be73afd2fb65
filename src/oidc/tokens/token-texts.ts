import type { Provider, ResourceServer, Token } from 'oidc-provider';
import { issueToken, type TokenKind } from '../../platform/crypto/secret-token.js';
import { newId } from '../../platform/crypto/uuid.js';
import type { Issuer } from '../issuer.types.js';
import { tokenKinds } from '../store/token-kinds.js';
import { accessTokenAlgorithm } from './token-holders.js';

/**
 * What is given out looks like everything else that we give out: a type, the organization, 256 random bits and a checksum.
 * So leak scanners know it, and what is none of ours costs no look-up.
 */
export function useOurTokens(provider: Provider, issuer: Issuer): void {
  const text = (kind: TokenKind) => issueToken(kind, issuer.id).token;
  const { AccessToken, ClientCredentials, RefreshToken, Grant } = provider;

  for (const Model of [AccessToken, ClientCredentials]) {
    const { generateTokenId, getValueAndPayload } = Model.prototype;
    Model.prototype.generateTokenId = function (this: Token) {
      // Also settles the format.
      const id = generateTokenId.call(this);
      if (wantsStructured(this)) this.format = 'jwt';
      return this.format === 'opaque' ? text(tokenKinds[this.kind]!) : id;
    };
    Model.prototype.getValueAndPayload = async function (this: Token) {
      if (!wantsStructured(this)) return getValueAndPayload.call(this);
      this.resourceServer = itself(provider, this);
      const { value } = await getValueAndPayload.call(this);
      // A machine's says everything by itself.
      if (this.kind === 'ClientCredentials') return { value };
      // Kept as well, under its whole text and for no audience, so that the userinfo endpoint takes it.
      delete this.aud;
      this.jti = value;
      this.format = 'opaque';
      return { ...(await getValueAndPayload.call(this)), value };
    };
  }
  RefreshToken.prototype.generateTokenId = () => text('refresh-token');
  Grant.prototype.generateTokenId = newId;
}

/** For an application that has said so, where a token is for no API. */
const wantsStructured = ({ resourceServer, client }: Token): boolean =>
  resourceServer === undefined && client?.['tenantry_access_token_format'] === 'jwt';

/** Such an application is an API of its own. */
function itself(provider: Provider, { clientId }: Token): ResourceServer {
  const info = { audience: clientId, accessTokenFormat: 'jwt', jwt: { sign: { alg: accessTokenAlgorithm } } };
  return new provider.ResourceServer(clientId!, info);
}
