import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { JobDatabase } from '../platform/database/job-database.js';
import { type DnsAnswer, TxtResolver } from '../platform/dns/txt-resolver.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import {
  findCheckedDomain,
  findDueDomains,
  findOrganizationsWithDueDomains,
  lockCheckedDomain,
  noteCheck,
} from './email-domains.queries.js';
import { challengeName, decideCheck, findChallenge, requireFound } from './email-domains.rules.js';

const organizationsAtOnce = 200;
const domainsAtOnce = 200;

/** Looking at what DNS says of domains: when somebody asks, and by the clock. */
@Injectable()
export class DomainChecks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobDatabase: JobDatabase,
    private readonly jobs: Jobs,
    private readonly resolver: TxtResolver,
    private readonly audit: Audit,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('check-email-domains', '11,41 * * * *', (_, signal) => this.checkAll(signal));
  }

  /** @throws Problem `email_domain_not_verified`, `not_found`, or `unavailable` where DNS does not answer */
  async require(actor: Actor, id: string): Promise<void> {
    const { domain, challenge, answer } = await this.ask(this.database, actor.organization.id, id);
    await this.settle(this.database, actor.organization.id, id, answer, actor);
    requireFound(findChallenge(answer, challenge), answer, domain);
  }

  /** Every organization in which something is due; one that fails keeps no other from its turn. */
  private async checkAll(signal: AbortSignal): Promise<void> {
    let after: string | null = null;
    while (!signal.aborted) {
      const ids: string[] = await this.jobDatabase.asPlatform('find e-mail domains to look at', (tx) =>
        findOrganizationsWithDueDomains(tx, after, organizationsAtOnce),
      );
      for (const id of ids) await this.checkDue(id, signal);
      after = ids.at(-1) ?? null;
      if (ids.length < organizationsAtOnce) return;
    }
  }

  private async checkDue(organizationId: string, signal: AbortSignal): Promise<void> {
    try {
      const due = await this.jobDatabase.forOrganization(organizationId, (tx) =>
        findDueDomains(tx, domainsAtOnce),
      );
      for (const { id } of due) {
        if (signal.aborted) return;
        const { answer } = await this.ask(this.jobDatabase, organizationId, id);
        await this.settle(this.jobDatabase, organizationId, id, answer, 'system');
      }
    } catch (error) {
      this.log.error({ error, organizationId }, 'e-mail domains were not looked at');
    }
  }

  /** Outside any transaction: DNS takes its time. */
  private async ask(
    database: Database,
    organizationId: string,
    id: string,
  ): Promise<{ domain: string; challenge: string; answer: DnsAnswer }> {
    const { domain, challenge } = await database.forOrganization(
      organizationId,
      async (tx) => (await findCheckedDomain(tx, id)) ?? raise(notFoundProblem()),
    );
    return { domain, challenge, answer: await this.resolver.resolve(challengeName(domain)) };
  }

  private settle(
    database: Database,
    organizationId: string,
    id: string,
    answer: DnsAnswer,
    actor: AuditActor,
  ): Promise<void> {
    return database.forOrganization(organizationId, async (tx) => {
      const row = await lockCheckedDomain(tx, id);
      if (row === null) return;
      const { event, verifiedAt, missingSince } = decideCheck(
        row,
        findChallenge(answer, row.challenge),
        new Date(),
      );
      await noteCheck(tx, id, { verifiedAt, missingSince });
      if (event !== null)
        await this.audit.record(tx, actor, event, { type: 'email-domain', id }, { domain: row.domain });
    });
  }
}
