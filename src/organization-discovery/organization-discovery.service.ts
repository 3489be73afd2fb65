import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Mail, presentableName } from '../mail/mail.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { AttemptLimits, isLoopback } from '../sign-in/attempt-limits.service.js';
import { tooManyRequestsProblem } from '../sign-in/sign-in.problems.js';
import { requireEmail } from '../users/identifiers.rules.js';
import {
  findPlatformId,
  type KnownOrganization,
  organizationsOfEmail,
  rehearse,
} from './organization-discovery.queries.js';

const addressWindowSeconds = 600;
/** Nobody reads more of them in a mail. */
const mostOrganizations = 30;
/** Stands in the mail that nobody gets. */
const noOrganization: readonly KnownOrganization[] = [{ slug: 'nowhere', name: 'Nowhere' }];

/**
 * For whoever knows the server and not the organization. What organizations know an address is told by a mail to it and by
 * nothing else: each request takes the same statements and gets the same answer.
 */
@Injectable()
export class OrganizationDiscovery {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly limits: AttemptLimits,
    private readonly mail: Mail,
    private readonly addresses: PublicAddresses,
    private readonly audit: Audit,
  ) {}

  /**
   * @param locale in which the page was read
   * @throws Problem `invalid_request`, `too_many_requests` for the visitor's address
   */
  async start(visitor: Anonymous, typed: string, locale: string): Promise<void> {
    const email = requireEmail(typed);
    const { platformId, found } = await this.database.asPlatform('organization discovery', async (tx) => ({
      platformId: (await findPlatformId(tx)) ?? raise(notFoundProblem()),
      found: await organizationsOfEmail(tx, email, mostOrganizations),
    }));
    // Apart from the rest, because counters do not wait for the disk.
    const mayMail = await this.database.forOrganization(platformId, async (tx) => {
      await this.countAddress(tx, visitor);
      return this.limits.countMail(tx, 'mail.discovery', email);
    });
    await this.database.forOrganization(platformId, async (tx) => {
      const isSent = found.length > 0 && mayMail;
      await rehearse(tx, !isSent, () =>
        this.mail.queue(tx, {
          template: 'organization-list',
          to: { email },
          locale,
          data: { organizations: this.listOf(found.length > 0 ? found : noOrganization) },
        }),
      );
      const action = 'organization_list.requested';
      const target = { type: 'organization', id: platformId };
      if (isSent) await this.audit.record(tx, visitor, action, target, { organizations: found.length });
      else {
        const reason = found.length === 0 ? 'unknown_user' : 'too_many_mails';
        await this.audit.recordRefusal(tx, visitor, action, target, { reason });
      }
    });
  }

  private listOf(organizations: readonly KnownOrganization[]): string {
    return organizations
      .map(({ slug, name }) => `${presentableName(name) ?? slug}\n${this.addresses.issuer(slug)}/sign-in`)
      .join('\n\n');
  }

  /** Developers and tests ask from their own machine as often as they like. */
  private async countAddress(tx: Transaction, { origin }: Anonymous): Promise<void> {
    if (isLoopback(origin.ip) && this.config.server.environment !== 'production') return;
    const { recoveriesPerAddress } = this.config.limits;
    const counter = this.limits.fromAddress(
      'discovery.address',
      origin.ip,
      recoveriesPerAddress,
      addressWindowSeconds,
    );
    const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
    if (blockedBy !== null) throw tooManyRequestsProblem(retryAfterSeconds);
  }
}
