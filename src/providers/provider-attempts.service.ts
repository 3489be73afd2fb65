import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Keyring } from '../platform/crypto/keyring.js';
import { isUuid, newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { type AttemptPage, type AttemptsQuery, AttemptView, type TestView } from './provider-attempts.dto.js';
import { findAttempt, findWaitingTest, insertAttempt, listAttempts } from './provider-attempts.queries.js';
import { newReference } from './provider-sign-ins.service.js';
import type { ProviderPurpose } from './provider-sign-ins.types.js';
import { type ProviderRow, Providers } from './providers.service.js';

const testSeconds = 600;
const purpose = 'provider tests';

/** What became of those who came by a provider, and dry runs to find out. */
@Injectable()
export class ProviderAttempts {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly addresses: PublicAddresses,
    private readonly cursors: Cursors,
    private readonly keyring: Keyring,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `not_found` */
  list(
    actor: Actor,
    reference: string,
    { limit = defaultPageSize, cursor, outcome }: AttemptsQuery,
  ): Promise<AttemptPage> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { id: providerId } = await this.get(tx, reference);
      const list = ['provider-attempts', actor.organization.id, providerId, outcome ?? null];
      const position = this.cursors.decode(list, cursor);
      const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
      const found = await listAttempts(tx, { providerId, outcome }, before, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, (row) => [row.position, row.id]);
      return { items: rows.map((row) => AttemptView.of(row)), nextCursor };
    });
  }

  /** @throws Problem `not_found` */
  read(actor: Actor, provider: string, reference: string): Promise<AttemptView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { id } = await this.get(tx, provider);
      const attempt = await findAttempt(tx, id, reference.toUpperCase().slice(0, 9));
      return AttemptView.of(attempt ?? raise(notFoundProblem()));
    });
  }

  /** @throws Problem `not_found` */
  startTest(actor: Actor, provider: string): Promise<TestView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const row = await this.get(tx, provider);
      if (row.clientId === null) throw notFoundProblem();
      const id = newId();
      const reference = newReference();
      await insertAttempt(tx, {
        id,
        reference,
        providerId: row.id,
        kind: 'test',
        steps: [],
        ip: actor.origin.ip,
      });
      const target = { type: 'provider', id: row.id };
      await this.audit.record(tx, actor, 'provider.test_started', target, { name: row.name, reference });
      const start = this.addresses.providerStart(actor.organization.slug, row.name);
      return {
        reference,
        startUrl: `${start}?test=${id}.${this.signature(tx.organizationId, id)}`,
        expiresAt: new Date(Date.now() + testSeconds * 1000).toISOString(),
      };
    });
  }

  /** The test that an address names, while it waits to be begun; null for every other text. */
  findTest(
    organizationId: string,
    provider: string,
    text: string,
  ): Promise<{ readonly purpose: ProviderPurpose; readonly displayName: string } | null> {
    const [id = '', given = ''] = text.split('.');
    const isOurs = isUuid(id) && isEqual(given, this.signature(organizationId, id));
    if (!isOurs) return Promise.resolve(null);
    return this.database.forOrganization(organizationId, async (tx) => {
      const attempt = await findWaitingTest(tx, id, testSeconds);
      const row = await this.providers.find(tx, provider);
      if (attempt === null || row === null || attempt.providerId !== row.id) return null;
      const { reference } = attempt;
      return { purpose: { kind: 'test', attemptId: id, reference }, displayName: row.displayName };
    });
  }

  private signature(organizationId: string, id: string): string {
    return createHmac('sha256', this.keyring.derive(purpose))
      .update(`${organizationId} ${id}`)
      .digest('base64url');
  }

  private async get(tx: Transaction, reference: string): Promise<ProviderRow> {
    return (await this.providers.find(tx, reference)) ?? raise(notFoundProblem());
  }
}

function isEqual(given: string, made: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(made)];
  return one.length === other.length && timingSafeEqual(one, other);
}
