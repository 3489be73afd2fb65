import { Injectable } from '@nestjs/common';
import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import {
  findProvider,
  findProviderByName,
  listButtons,
  type ProviderButton,
  type ProviderRow,
} from './providers.queries.js';
import type { UpstreamProvider } from './upstream/upstream-client.js';

export type { ProviderButton, ProviderRow };

/** Upstream identity providers for other features: steps in their transactions. */
@Injectable()
export class Providers {
  constructor(private readonly secrets: ProviderSecrets) {}

  /** What the page of signing in offers: those that are enabled, in the order in which they were made. */
  buttonsOf(tx: Transaction): Promise<ProviderButton[]> {
    return listButtons(tx);
  }

  /** By id or name, enabled or not. */
  async find(tx: Transaction, reference: string): Promise<ProviderRow | null> {
    return isUuid(reference)
      ? findProvider(tx, reference.toLowerCase())
      : findProviderByName(tx, reference.slice(0, 100));
  }

  /** With its secret in clear, for talking to it. */
  upstreamOf(tx: Transaction, row: ProviderRow): UpstreamProvider {
    const { id, clientId, clientSecret } = row;
    if (clientId === null) throw new Error(`nobody speaks to the provider "${row.name}" over the network`);
    return {
      id,
      clientId,
      name: row.name,
      type: row.type,
      version: row.version,
      issuer: row.issuer,
      settings: row.settings,
      scopes: row.scopes,
      claimMapping: row.claimMapping,
      clientSecret:
        clientSecret === null ? null : this.secrets.openClientSecret(tx.organizationId, id, clientSecret),
    };
  }
}
