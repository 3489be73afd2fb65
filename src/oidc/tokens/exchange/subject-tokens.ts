import type { Context, Token } from 'oidc-provider';
import type { Issuer } from '../../issuer.types.js';
import { notesOf } from '../../request-notes.js';
import type { PairwiseNames } from '../pairwise-names.js';
import { actorOf } from '../token-actors.js';
import type { StructuredTokens } from './structured-tokens.js';
import type { Subject } from './subject.types.js';

/** Access tokens of this organization that hold now, opaque and structured. */
export class SubjectTokens {
  constructor(
    private readonly structured: StructuredTokens,
    private readonly names: PairwiseNames,
  ) {}

  /** Of a person; null for what does not hold, and for what a machine has. */
  async find(ctx: Context, issuer: Issuer, text: string): Promise<Subject | null> {
    const token = await ctx.oidc.provider.AccessToken.find(text);
    if (token === undefined) return this.structured.find(issuer, text);
    const { accountId, clientId, sessionUid, grantId, aud, jkt } = token;
    // Whoever holds a bound token must show the key, which a service that got it has not.
    if (accountId === undefined || sessionUid === undefined || grantId === undefined || jkt !== undefined)
      return null;
    const actor = actorOf(token);
    return {
      userId: accountId,
      applicationId: clientId!,
      sessionId: sessionUid,
      grantId,
      audience: typeof aud === 'string' ? aud : null,
      scopes: [...token.scopes],
      authentication: notesOf(ctx).authentication ?? { methods: [], at: new Date(0) },
      ...(actor && { actor }),
    };
  }

  /** Who has a token: a person, or a machine. */
  async holderOf(
    ctx: Context,
    issuer: Issuer,
    text: string,
  ): Promise<{ subject: string; applicationId: string } | null> {
    const { AccessToken, ClientCredentials } = ctx.oidc.provider;
    const opaque: Token | undefined = (await AccessToken.find(text)) ?? (await ClientCredentials.find(text));
    if (opaque !== undefined) return this.opaqueHolder(ctx, issuer, opaque);
    return this.structured.holderOf(issuer, text);
  }

  /** As a structured token would call them. */
  private async opaqueHolder(ctx: Context, issuer: Issuer, { accountId, clientId }: Token) {
    const applicationId = clientId!;
    const client = accountId === undefined ? undefined : await ctx.oidc.provider.Client.find(applicationId);
    const subject =
      client === undefined ? applicationId : await this.names.person(issuer, client, accountId!);
    return { subject, applicationId };
  }
}
