import { Inject, Injectable } from '@nestjs/common';
import type { Context, Provider, Token } from 'oidc-provider';
import { Counter } from 'prom-client';
import { Audit, type AuditEvent } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { LOG, type Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { duringProtocol } from './failures.js';
import type { Issuer } from './issuer.types.js';
import { notesOf } from './request-notes.js';
import { recordedGrant } from './protocol-records.rules.js';

/** What is remembered of protocol requests: numbers of all, and for administrators who came in, and what came twice. */
@Injectable()
export class ProtocolRecords {
  readonly #grants: Counter<'grant' | 'result'>;

  constructor(
    { registry }: Metrics,
    private readonly database: Database,
    private readonly audit: Audit,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#grants = new Counter({
      name: 'oidc_token_requests_total',
      help: 'Requests to token endpoints, by grant and result',
      labelNames: ['grant', 'result'],
      registers: [registry],
    });
  }

  /** Everything that this instance answers. */
  keep(provider: Provider, issuer: Issuer): void {
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === '/token') await this.tokenRequest(ctx, issuer);
    });
    // The engine tells nobody else.
    provider.on('server_error', (ctx: Context, error: unknown) => {
      this.log.error({ requestId: notesOf(ctx).origin.requestId, error }, 'a protocol request failed');
    });
    // Outside of its routes; unheard it would be printed.
    provider.on('error', (error: unknown) => this.log.error({ error }, 'a protocol request failed'));
  }

  private async tokenRequest(ctx: Context, issuer: Issuer): Promise<void> {
    const { grant_type: grantType } = (ctx.oidc.params ?? {}) as { grant_type?: unknown };
    const { error } = (ctx.body ?? {}) as { error?: string };
    this.#grants.inc({ grant: recordedGrant(grantType), result: error ?? 'issued' });
    const { reused } = notesOf(ctx);
    if (reused !== undefined) await this.reuse(ctx, issuer, reused);
  }

  /** Somebody has come to an application; what it does from then on by itself is not worth an event. */
  arrivalOf(ctx: Context, issuer: Issuer): AuditEvent | null {
    const { AuthorizationCode, DeviceCode } = ctx.oidc.entities;
    const source = (AuthorizationCode ?? DeviceCode) as Token | undefined;
    if (source === undefined) return null;
    const { accountId: user, sessionUid: session, scope } = source;
    const actor = { kind: 'anonymous' as const, origin: notesOf(ctx).origin };
    const target = { type: 'application', id: ctx.oidc.client!.clientId };
    return this.audit.eventOf(issuer.id, actor, 'application.signed_in', target, { user, session, scope });
  }

  /** A code or token that came a second time: somebody has a copy, and its whole family has ended. */
  private reuse(ctx: Context, issuer: Issuer, grantId: string): Promise<void> {
    const { accountId: user } = notesOf(ctx).grants.get(grantId) ?? {};
    return this.write(ctx, issuer, (tx, actor, target) =>
      this.audit.recordRefusal(tx, actor, 'token.reused', target, { user, grant: grantId }),
    );
  }

  private write(
    ctx: Context,
    issuer: Issuer,
    work: (
      tx: Transaction,
      actor: { kind: 'anonymous'; origin: ReturnType<typeof notesOf>['origin'] },
      target: { type: string; id: string },
    ) => Promise<void>,
  ): Promise<void> {
    const actor = { kind: 'anonymous' as const, origin: notesOf(ctx).origin };
    const target = { type: 'application', id: ctx.oidc.client!.clientId };
    return duringProtocol(() => this.database.forOrganization(issuer.id, (tx) => work(tx, actor, target)));
  }
}
