import type { Context, Token } from 'oidc-provider';
import {
  type AccessTokenClaims,
  type HolderClaims,
  mostScopeCharacters,
  productAudience,
  type TokenPayload,
} from '../../access-tokens/access-token-claims.service.js';
import type { Applications } from '../../applications/applications.service.js';
import type { Database } from '../../platform/database/database.js';
import { readPerson } from '../accounts/people.queries.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import { contextClassOf } from '../session/authentication-context.rules.js';
import type { PairwiseNames } from './pairwise-names.js';
import { actorOf } from './token-actors.js';

interface StructuredToken {
  payload: TokenPayload;
}

/** With which access tokens are signed, whatever the application wants for its id tokens: APIs know one algorithm. */
export const accessTokenAlgorithm = 'ES256';

/** Who holds an access token, as read when it is issued or asked about. */
export class TokenHolders {
  constructor(
    private readonly database: Database,
    private readonly applications: Applications,
    private readonly claims: AccessTokenClaims,
    private readonly names: PairwiseNames,
  ) {}

  /** What a JWT says beyond the protocol, within 4 KB of header (RFC 9068). @throws InvalidScope for a scope that no token has room for */
  async complete(ctx: Context, issuer: Issuer, token: Token, jwt: StructuredToken): Promise<void> {
    if ((token.scope?.length ?? 0) > mostScopeCharacters)
      throw new (engine().errors.InvalidScope)('too much for one token', token.scope!);
    const payload = { ...jwt.payload, ...(await this.holderOf(ctx, issuer, token)) };
    jwt.payload = this.claims.fit(payload, accessTokenAlgorithm);
  }

  async holderOf(ctx: Context, issuer: Issuer, token: Token): Promise<HolderClaims> {
    const { roles, permissions } = await this.heldBy(ctx, issuer, token);
    const isOurs = token.aud === productAudience(issuer.slug);
    const actor = actorOf(token);
    return this.claims.of({
      organization: { id: issuer.id, slug: issuer.slug },
      session: token.accountId === undefined ? null : await this.sessionOf(ctx, issuer, token),
      roles,
      permissions: isOurs
        ? this.claims.granted(permissions, [...token.scopes], issuer.isPlatform)
        : permissions,
      ...(actor !== undefined && { actor }),
    });
  }

  private heldBy(ctx: Context, issuer: Issuer, { accountId, clientId }: Token) {
    const { asked, known } = notesOf(ctx);
    return duringProtocol(async () => {
      if (accountId === undefined && asked.applicationId === clientId && known.held !== null)
        return known.held;
      if (accountId === undefined)
        return this.database.forOrganization(issuer.id, (tx) => this.applications.rolesOf(tx, clientId!));
      const person = await readPerson(this.database, issuer.id, accountId);
      return { roles: person?.role_names ?? [], permissions: person?.permission_names ?? [] };
    });
  }

  /** How and when the person signed in was read with what the token is made of. */
  private async sessionOf(ctx: Context, issuer: Issuer, { sessionUid, clientId, client }: Token) {
    const { methods, at } = notesOf(ctx).authentication ?? { methods: [], at: new Date(0) };
    const of = client ?? (await ctx.oidc.provider.Client.find(clientId!))!;
    const id = await this.names.session(issuer, of, sessionUid!);
    return { id, authenticatedAt: at, methods, acr: contextClassOf(methods) };
  }
}
