import { Injectable } from '@nestjs/common';
import { MediaLinks } from '../media/media-links.service.js';
import { parseToken } from '../platform/crypto/secret-token.js';
import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import {
  longestTokens,
  Policies,
  type PolicyDocuments,
  type TokensPolicy,
} from '../policies/policies.service.js';
import type { RegisteredApplication } from './application.types.js';
import { type ApplicationRow, findApplication, findHeldByRoles, useSecret } from './applications.queries.js';
import { sectorOf } from './application-checks.rules.js';
import { isRegisteredUri } from './redirect-uris.rules.js';
import { SecretUses } from './secret-uses.service.js';

export type { ApplicationRow } from './applications.queries.js';

/** Applications as the protocol sees them: steps in the transactions of others. */
@Injectable()
export class Applications {
  constructor(
    private readonly policies: Policies,
    private readonly media: MediaLinks,
    private readonly uses: SecretUses,
  ) {}

  /** An active application with the lifetimes that hold; null for every other id. Two statements. */
  async find(tx: Transaction, clientId: string): Promise<RegisteredApplication | null> {
    const row = isUuid(clientId) ? await findApplication(tx, clientId) : null;
    return row === null || row.status !== 'active' ? null : this.registered(tx, row);
  }

  /** Whether a secret is one of the living ones of an active application; its use is noted. */
  async matchesSecret(tx: Transaction, clientId: string, secret: string): Promise<boolean> {
    const reference = parseToken('client-secret', secret);
    // A secret of another organization is none here, however right it is there.
    if (reference === null || reference.organizationId !== tx.organizationId || !isUuid(clientId))
      return false;
    return useSecret(tx, clientId, reference.tokenHash);
  }

  /** Whether an address is one that the application registered, for sending people back to it. */
  hasRedirectUri({ redirectUris, type }: RegisteredApplication, uri: string): boolean {
    return isRegisteredUri(redirectUris, type, uri);
  }

  /** The same for after signing out. */
  hasPostLogoutRedirectUri({ postLogoutRedirectUris, type }: RegisteredApplication, uri: string): boolean {
    return isRegisteredUri(postLogoutRedirectUris, type, uri);
  }

  /** The roles that a machine holds now, and what they hold; wildcards stay wildcards. */
  rolesOf(tx: Transaction, clientId: string): Promise<{ roles: string[]; permissions: string[] }> {
    return findHeldByRoles(tx, clientId);
  }

  /** With the lifetimes of the policy where the application has none, and within what nothing exceeds. */
  async registered(tx: Transaction, row: ApplicationRow): Promise<RegisteredApplication> {
    return this.settled(tx, row, await this.policies.read(tx, 'tokens'));
  }

  /** The same of what somebody has read already. @param row as JSON has it: with times as texts */
  known(
    organizationId: string,
    row: ApplicationRow,
    documents: PolicyDocuments<'tokens'>,
  ): RegisteredApplication {
    const createdAt = new Date(row.createdAt);
    const policy = this.policies.valuesUnder('tokens', documents);
    return this.settled({ organizationId }, { ...row, createdAt }, policy);
  }

  /** Notes in the background that a secret was used. */
  noteUse(organizationId: string, secretHash: Buffer): void {
    this.uses.note(organizationId, secretHash);
  }

  private settled(
    place: { readonly organizationId: string },
    row: ApplicationRow,
    policy: TokensPolicy,
  ): RegisteredApplication {
    const { logoMediaId, status: _status, sectorIdentifier, updatedAt: _updatedAt, ...settings } = row;
    const [usual, longest] =
      row.accessTokenFormat === 'jwt'
        ? [policy.jwtAccessTokenSeconds, longestTokens.jwt]
        : [policy.opaqueAccessTokenSeconds, longestTokens.opaqueAccessToken];
    const refreshAbsoluteSeconds = row.refreshAbsoluteSeconds ?? policy.refreshAbsoluteSeconds;
    return {
      ...settings,
      sectorIdentifier,
      sector: row.subjectType === 'pairwise' ? sectorOf(row) : null,
      logo: logoMediaId === null ? null : this.media.addressOf(place, logoMediaId),
      accessTokenSeconds: Math.min(row.accessTokenSeconds ?? usual, longest),
      idTokenSeconds: row.idTokenSeconds ?? policy.idTokenSeconds,
      refreshAbsoluteSeconds,
      refreshIdleSeconds: Math.min(
        row.refreshIdleSeconds ?? policy.refreshIdleSeconds,
        refreshAbsoluteSeconds,
      ),
    };
  }
}
