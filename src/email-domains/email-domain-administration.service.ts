import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import { canonicalDomain } from '../users/identifiers.rules.js';
import { DomainChecks } from './domain-checks.service.js';
import type { EmailDomain } from './email-domain.entity.js';
import type { ChangeEmailDomain, CreateEmailDomain, EmailDomainPage } from './email-domains.dto.js';
import { EmailDomainView } from './email-domains.dto.js';
import { emailDomainTaken, tooManyDomainsProblem, unknownProviderProblem } from './email-domains.problems.js';
import {
  countEmailDomains,
  deleteEmailDomain,
  findEmailDomain,
  holdNamedProvider,
  insertEmailDomain,
  listEmailDomains,
  lockEmailDomain,
  lockEmailDomains,
  type NamedProvider,
  namedProviders,
  updateEmailDomain,
} from './email-domains.queries.js';

const mostDomains = 200;

/** The mail domains of an organization, for those who administer it. */
@Injectable()
export class EmailDomainAdministration {
  constructor(
    private readonly database: Database,
    private readonly checks: DomainChecks,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor }: PageQuery): Promise<EmailDomainPage> {
    const list = ['email-domains', actor.organization.id];
    const [after = null] = this.cursors.decode(list, cursor) ?? [];
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listEmailDomains(tx, after, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, ({ domain }) => [domain]);
      const ids = rows.flatMap(({ providerId }) => providerId ?? []);
      const providers = ids.length === 0 ? [] : await namedProviders(tx, ids);
      return { items: rows.map((row) => EmailDomainView.of(row, nameOf(providers, row))), nextCursor };
    });
  }

  read(actor: Actor, reference: string): Promise<EmailDomainView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      this.view(tx, await this.get(tx, reference, findEmailDomain)),
    );
  }

  /** @throws Problem `invalid_request`, `unknown_provider`, `email_domain_taken`, `limit_reached` */
  create(actor: Actor, input: CreateEmailDomain): Promise<EmailDomainView> {
    const domain = requireDomain(input.domain);
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await lockEmailDomains(tx);
        if ((await countEmailDomains(tx)) >= mostDomains) throw tooManyDomainsProblem(mostDomains);
        const provider = await this.provider(tx, input.provider ?? null);
        if ((await findEmailDomain(tx, domain)) !== null) throw new Problem(emailDomainTaken);
        const id = newId();
        const challenge = randomBytes(32).toString('base64url');
        const providerId = provider?.id ?? null;
        await insertEmailDomain(tx, { id, domain, challenge, providerId, createdBy: actor.userId }).catch(
          (error: unknown) => {
            throw violatedUniqueConstraint(error) === null
              ? error
              : new Problem(emailDomainTaken, { cause: error });
          },
        );
        const change = { domain, provider: provider?.name ?? null };
        await this.audit.record(tx, actor, 'email_domain.created', targetOf(id), change);
        return this.view(tx, await this.get(tx, id, findEmailDomain));
      }),
    );
  }

  /** @throws Problem `not_found`, `stale`, `unknown_provider` */
  update(
    actor: Actor,
    reference: string,
    input: ChangeEmailDomain,
    expected: ExpectedVersion,
  ): Promise<EmailDomainView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      // The provider first, as whoever deletes one does.
      const provider = input.provider === undefined ? undefined : await this.provider(tx, input.provider);
      const domain = await this.get(tx, reference, lockEmailDomain);
      requireVersion(domain.version, expected);
      const providerId = provider === undefined ? domain.providerId : (provider?.id ?? null);
      if (providerId !== domain.providerId) {
        await updateEmailDomain(tx, domain.id, { providerId, updatedBy: actor.userId });
        const change = { provider: { from: domain.providerId, to: providerId } };
        await this.audit.record(tx, actor, 'email_domain.updated', targetOf(domain.id), change);
      }
      return this.view(tx, await this.get(tx, domain.id, findEmailDomain));
    });
  }

  /** Looks at DNS now. @throws Problem `not_found`, `email_domain_not_verified`, `unavailable` */
  async verify(actor: Actor, reference: string): Promise<EmailDomainView> {
    const { id } = await this.database.forOrganization(actor.organization.id, (tx) =>
      this.get(tx, reference, findEmailDomain),
    );
    await this.checks.require(actor, id);
    return this.read(actor, id);
  }

  /** @throws Problem `not_found`, `stale` */
  delete(actor: Actor, reference: string, expected: ExpectedVersion): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { id, domain, version } = await this.get(tx, reference, lockEmailDomain);
      requireVersion(version, expected);
      await deleteEmailDomain(tx, id);
      await this.audit.record(tx, actor, 'email_domain.deleted', targetOf(id), { domain });
    });
  }

  private async view(tx: Transaction, row: EmailDomain): Promise<EmailDomainView> {
    const providers = row.providerId === null ? [] : await namedProviders(tx, [row.providerId]);
    return EmailDomainView.of(row, nameOf(providers, row));
  }

  private async get(
    tx: Transaction,
    reference: string,
    find: (tx: Transaction, reference: string) => Promise<EmailDomain | null>,
  ): Promise<EmailDomain> {
    return (couldBeName(reference) ? await find(tx, reference) : null) ?? raise(notFoundProblem());
  }

  private async provider(tx: Transaction, reference: string | null): Promise<NamedProvider | null> {
    if (reference === null) return null;
    return (await holdNamedProvider(tx, reference)) ?? raise(unknownProviderProblem());
  }
}

function requireDomain(text: string): string {
  const domain = canonicalDomain(text);
  if (domain === null || !domain.includes('.'))
    return raiseInvalid([{ pointer: '/domain', detail: 'must be a domain name' }]);
  return domain;
}

const nameOf = (providers: readonly NamedProvider[], { providerId }: EmailDomain): string | null =>
  providers.find(({ id }) => id === providerId)?.name ?? null;

/** PostgreSQL chokes on U+0000 in a text. */
const couldBeName = (text: string): boolean => text.length <= 253 && !text.includes('\0');
const targetOf = (id: string) => ({ type: 'email-domain', id });
