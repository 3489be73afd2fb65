import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Keyring } from '../platform/crypto/keyring.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem, unavailableProblem } from '../platform/problems/problems.js';
import type { UpstreamTokens } from '../providers/provider.types.js';
import { UserChanges } from '../users/user-changes.service.js';
import { upstreamTokenUnavailableProblem } from './accounts.problems.js';
import type { UpstreamTokenView } from './accounts.dto.js';
import {
  claimRenewal,
  findTokens,
  giveRenewalBack,
  type NewTokens,
  type SealedTokens,
  writeRenewedTokens,
  writeTokens,
} from './account-tokens.queries.js';
import { UpstreamRenewals } from './upstream-renewals.service.js';

/** A token that ends on the way to whoever asked is no use. */
const leastSeconds = 60;
/** Longer than any answer of a provider is waited for. */
const renewalSeconds = 15;
const waitMilliseconds = 200;
const mostWaits = 40;

type Reading =
  | { readonly kind: 'read'; readonly view: UpstreamTokenView }
  | { readonly kind: 'renew'; readonly tokens: SealedTokens; readonly refreshToken: string }
  | { readonly kind: 'wait' };

/** What providers hand out for their own APIs: sealed, bound to the row, and renewed when somebody asks for it. */
@Injectable()
export class AccountTokens {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    private readonly changes: UserChanges,
    private readonly renewals: UpstreamRenewals,
    private readonly audit: Audit,
  ) {}

  /** Keeps what came with an arrival, if anything did. */
  async keep(tx: Transaction, accountId: string, tokens: UpstreamTokens): Promise<void> {
    const sealed = this.seal(tx.organizationId, accountId, tokens);
    if (sealed !== null) await writeTokens(tx, accountId, sealed);
  }

  /**
   * An access token that lives, for whoever outranks its user.
   *
   * @throws Problem `not_found`, `permission_denied`, `upstream_token_unavailable`, `unavailable`
   */
  async read(actor: Actor, userReference: string, accountId: string): Promise<UpstreamTokenView> {
    for (let waits = 0; waits < mostWaits; waits++) {
      const reading = await this.tryReading(actor, userReference, accountId);
      if (reading.kind === 'read') return reading.view;
      if (reading.kind === 'renew')
        await this.renew(actor.organization.id, reading.tokens, reading.refreshToken);
      else await pause(waitMilliseconds);
    }
    throw unavailableProblem();
  }

  private tryReading(actor: Actor, userReference: string, accountId: string): Promise<Reading> {
    return this.changes.change<Reading>(actor, userReference, 'account.token_read', async (tx, user) => {
      const tokens = isUuid(accountId) ? await findTokens(tx, accountId.toLowerCase(), user.id) : null;
      if (tokens === null) throw notFoundProblem();
      const { id, accessToken, refreshToken, scopes, expiresAt } = tokens;
      if (accessToken !== null && lives(expiresAt)) {
        await this.audit.record(tx, actor, 'account.token_read', { type: 'account', id }, { user: user.id });
        const clear = this.open(tx.organizationId, id, 'access', accessToken);
        return {
          kind: 'read',
          view: { accessToken: clear, scopes, expiresAt: expiresAt?.toISOString() ?? null },
        };
      }
      if (refreshToken === null)
        throw upstreamTokenUnavailableProblem('The user has to sign in with the account once more');
      if (!(await claimRenewal(tx, id, renewalSeconds))) return { kind: 'wait' };
      return {
        kind: 'renew',
        tokens,
        refreshToken: this.open(tx.organizationId, id, 'refresh', refreshToken),
      };
    });
  }

  /** Outside any transaction: providers take their time. */
  private async renew(
    organizationId: string,
    { id, providerId, refreshToken: renewed }: SealedTokens,
    refreshToken: string,
  ): Promise<void> {
    const tokens = await this.renewals
      .renew(organizationId, providerId, refreshToken)
      .catch(async (error: unknown) => {
        await this.database.forOrganization(organizationId, (tx) => giveRenewalBack(tx, id));
        throw error;
      });
    const sealed =
      this.seal(organizationId, id, tokens) ??
      raise(upstreamTokenUnavailableProblem('The provider gave no token'));
    await this.database.forOrganization(organizationId, (tx) => writeRenewedTokens(tx, id, renewed!, sealed));
    if (!lives(sealed.expiresAt))
      throw upstreamTokenUnavailableProblem('The tokens of this provider end as soon as they begin');
  }

  /** Null where there is none. */
  private seal(
    organizationId: string,
    accountId: string,
    { accessToken, refreshToken, scopes, expiresAt }: UpstreamTokens,
  ): NewTokens | null {
    if (accessToken === null) return null;
    const sealed = (kind: TokenKind, token: string) =>
      this.keyring.seal(placeOfToken(organizationId, accountId, kind), Buffer.from(token));
    return {
      accessToken: sealed('access', accessToken),
      refreshToken: refreshToken === null ? null : sealed('refresh', refreshToken),
      scopes: scopes.slice(0, 100),
      expiresAt,
    };
  }

  private open(organizationId: string, accountId: string, kind: TokenKind, sealed: Buffer): string {
    return this.keyring.open(placeOfToken(organizationId, accountId, kind), sealed).toString();
  }
}

export type TokenKind = 'access' | 'refresh';

/** One that was copied to another row, or took the place of the other kind, cannot be opened. */
export const placeOfToken = (organizationId: string, accountId: string, kind: TokenKind): string =>
  `oauth_accounts:${organizationId}:${accountId}:${kind}`;

const lives = (expiresAt: Date | null): boolean =>
  expiresAt === null || expiresAt.getTime() - Date.now() > leastSeconds * 1_000;
