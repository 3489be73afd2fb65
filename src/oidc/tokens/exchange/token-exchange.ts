import type { Context, Provider, ResourceServer, Token } from 'oidc-provider';
import type { Audit } from '../../../audit/audit.service.js';
import { newId } from '../../../platform/crypto/uuid.js';
import type { Database } from '../../../platform/database/database.js';
import { engine } from '../../engine.js';
import { grantHelpers, type GrantHelpers } from '../../grant-helpers.js';
import { duringProtocol } from '../../failures.js';
import type { Issuer } from '../../issuer.types.js';
import { notesOf } from '../../request-notes.js';
import { findConsent } from '../../grants/consents.queries.js';
import { asksNobody, isMachine } from '../../store/application-metadata.rules.js';
import { storeExchangedGrant } from '../../store/grants.queries.js';
import type { PairwiseNames } from '../pairwise-names.js';
import type { ProtectedResources } from '../protected-resources.js';
import { type Actor, setActor } from '../token-actors.js';
import {
  accessTokenType,
  actorsOf,
  exchangedScopes,
  exchangeParameters,
  type ExchangeRequest,
  mayExchange,
  mostActors,
  readExchange,
  tokenExchangeGrant,
} from './exchange-request.rules.js';
import type { SubjectTokens } from './subject-tokens.js';
import type { Subject } from './subject.types.js';

interface ExchangeParts {
  readonly database: Database;
  readonly resources: ProtectedResources;
  readonly subjects: SubjectTokens;
  readonly names: PairwiseNames;
  readonly audit: Audit;
}

/**
 * RFC 8693: a service that was called for somebody calls the next one for them, and the new token says so (`act`). It lives
 * in the session of the old one, and ends with what that one belongs to.
 */
export async function useTokenExchange(
  provider: Provider,
  issuer: Issuer,
  parts: ExchangeParts,
): Promise<void> {
  const helpers = await grantHelpers();
  const exchange = new TokenExchange(provider, issuer, parts, helpers);
  provider.registerGrantType(tokenExchangeGrant, (ctx) => exchange.answer(ctx), exchangeParameters, []);
}

class TokenExchange {
  constructor(
    private readonly provider: Provider,
    private readonly issuer: Issuer,
    private readonly parts: ExchangeParts,
    private readonly helpers: GrantHelpers,
  ) {}

  async answer(ctx: Context): Promise<void> {
    const { InvalidRequest, InvalidTarget } = engine().errors;
    const client = ctx.oidc.client!;
    if (client.clientAuthMethod === 'none') throw new InvalidRequest('this application proves nothing');
    const request = readExchange(ctx.oidc.params!);
    if (typeof request === 'string') throw new InvalidRequest(request);
    const proof = await this.helpers.validateDpop(this.provider, ctx);
    this.helpers.checkDpopRequired(this.provider, ctx, proof);
    const subject = await this.subjectOf(ctx, request);
    const resource = request.resource ?? subject.audience;
    if (resource === null) throw new InvalidTarget('name the resource that the token is for');
    const server = await this.serverOf(ctx, resource);
    const scopes = exchangedScopes(
      [...server.scopes],
      request.scopes,
      await this.limitOf(ctx, subject, resource),
    );
    if (scopes.length === 0) throw new InvalidTarget('this application may do nothing there');
    const token = await this.tokenFor(ctx, subject, server, scopes);
    setActor(token, await this.actorOf(ctx, request, subject));
    if (proof !== undefined) {
      await this.helpers.checkDpopReplay(this.provider, ctx, proof, client.clientId);
      token.setThumbprint('jkt', proof.thumbprint);
    }
    ctx.oidc.entity('AccessToken', token);
    const value = await token.save();
    await this.record(ctx, subject, resource, scopes);
    ctx.body = {
      access_token: value,
      issued_token_type: accessTokenType,
      token_type: token.tokenType,
      expires_in: token.expiration,
      scope: token.scope,
    };
  }

  private async subjectOf(ctx: Context, { subjectToken }: ExchangeRequest): Promise<Subject> {
    const { InvalidGrant } = engine().errors;
    const subject = await this.parts.subjects.find(ctx, this.issuer, subjectToken);
    if (subject === null) throw new InvalidGrant('the subject token does not hold');
    if (actorsOf(subject.actor) >= mostActors)
      throw new InvalidGrant('the subject token came too long a way');
    const of = await this.provider.Client.find(subject.applicationId);
    if (of === undefined) throw new InvalidGrant('the application of the subject token is gone');
    const exchanged = { ...subject, isOfOwnApplication: asksNobody(of) };
    const callable = await this.parts.resources.callableBy(this.issuer, ctx.oidc.client!);
    if (!mayExchange(ctx.oidc.client!.clientId, exchanged, (audience) => callable.has(audience)))
      throw new InvalidGrant('the subject token was meant for somebody else');
    notesOf(ctx).authentication = subject.authentication;
    return subject;
  }

  /** What there was at that API before, and what the person has said yes to where the application has to ask for it. */
  private async limitOf(ctx: Context, subject: Subject, resource: string): Promise<readonly string[] | null> {
    const before = resource === subject.audience ? subject.scopes : null;
    const client = ctx.oidc.client!;
    if (subject.applicationId !== client.clientId || asksNobody(client) || isMachine(client)) return before;
    const consent = await duringProtocol(() =>
      this.parts.database.forOrganization(this.issuer.id, (tx) =>
        findConsent(tx, subject.userId, client.clientId),
      ),
    );
    const allowed = consent?.resources[resource] ?? [];
    return before === null ? allowed : allowed.filter((scope) => before.includes(scope));
  }

  /** What acts: the application, or whom the actor token is about, where it is the application's own. */
  private async actorOf(ctx: Context, { actorToken }: ExchangeRequest, subject: Subject): Promise<Actor> {
    const { clientId } = ctx.oidc.client!;
    const { names } = this.parts;
    const before =
      subject.actor === undefined
        ? {}
        : { act: await names.actor(this.issuer, this.provider, ctx.oidc.client!, subject.actor) };
    if (actorToken === null) return { sub: clientId, ...before };
    const actor = await this.parts.subjects.holderOf(ctx, this.issuer, actorToken);
    if (actor?.applicationId !== clientId)
      throw new (engine().errors.InvalidGrant)('the actor token does not hold, or is somebody else’s');
    return { sub: actor.subject, ...before };
  }

  private async serverOf(ctx: Context, resource: string): Promise<ResourceServer> {
    const info = await this.parts.resources.namedFor(this.issuer, resource, ctx.oidc.client!);
    return new this.provider.ResourceServer(resource, info);
  }

  private async tokenFor(
    ctx: Context,
    subject: Subject,
    server: ResourceServer,
    scopes: readonly string[],
  ): Promise<Token> {
    const client = ctx.oidc.client!;
    const scope = scopes.join(' ');
    const payload = {
      accountId: subject.userId,
      clientId: client.clientId,
      resources: { [server.identifier()]: scope },
    };
    const grantId = await duringProtocol(() =>
      storeExchangedGrant(this.parts.database, this.issuer.id, {
        id: newId(),
        userId: subject.userId,
        applicationId: client.clientId,
        sessionId: subject.sessionId,
        parentId: subject.grantId,
        payload: { ...payload, kind: 'Grant' },
      }),
    );
    const token = new this.provider.AccessToken({
      accountId: subject.userId,
      client,
      grantId,
      gty: 'token_exchange',
      sessionUid: subject.sessionId,
    });
    token.resourceServer = server;
    token.scope = scope;
    return token;
  }

  private record(ctx: Context, subject: Subject, resource: string, scopes: readonly string[]): Promise<void> {
    const { origin } = notesOf(ctx);
    const { clientId } = ctx.oidc.client!;
    const change = { user: subject.userId, from: subject.applicationId, resource, scopes };
    return duringProtocol(() =>
      this.parts.database.forOrganization(this.issuer.id, (tx) =>
        this.parts.audit.record(
          tx,
          { kind: 'anonymous', origin },
          'token.exchanged',
          { type: 'application', id: clientId },
          change,
        ),
      ),
    );
  }
}
