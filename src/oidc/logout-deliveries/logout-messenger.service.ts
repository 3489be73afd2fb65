import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { isUuid } from '../../platform/crypto/uuid.js';
import { JobDatabase } from '../../platform/database/job-database.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { LOG, type Log } from '../../platform/log/log.js';
import { Outbound, OutboundError } from '../../platform/outbound/outbound.js';
import { findOwnIssuer } from '../issuer.queries.js';
import { Issuers } from '../issuers.service.js';
import {
  claimDelivery,
  type DeliveryInHand,
  recordOutcome,
  wakeDueDeliveries,
} from './logout-deliveries.queries.js';
import { delayAfter, isFinal, isTaken } from './logout-deliveries.rules.js';
import { logoutToken } from './logout-token.js';

interface Outcome {
  readonly answer: string;
  readonly verdict: 'sent' | 'again' | 'never';
}

/** The worker of the outbox: tells applications of the ends of sessions, until they have heard or nobody tries any more. */
@Injectable()
export class LogoutMessenger implements OnModuleInit {
  constructor(
    private readonly database: JobDatabase,
    private readonly jobs: Jobs,
    private readonly issuers: Issuers,
    private readonly outbound: Outbound,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('send-logout', (payload) => {
      const { organizationId, deliveryId } = payload as Record<string, unknown>;
      return this.deliver(String(organizationId), String(deliveryId));
    });
    this.jobs.schedule('wake-due-logouts', '* * * * *', () => this.wakeDue());
  }

  async wakeDue(): Promise<void> {
    await this.database.asPlatform('wake logout deliveries that are due', wakeDueDeliveries);
  }

  /** Unless somebody else does, it is not due, or it is gone. */
  async deliver(organizationId: string, deliveryId: string): Promise<void> {
    if (!isUuid(organizationId) || !isUuid(deliveryId)) return;
    const delivery = await this.database.forOrganization(organizationId, (tx) =>
      claimDelivery(tx, deliveryId),
    );
    if (delivery === null) return;
    const { verdict, answer } = await this.attempt(organizationId, delivery);
    const delaySeconds = verdict === 'again' ? delayAfter(delivery.attempts) : null;
    await this.database.forOrganization(organizationId, (tx) =>
      recordOutcome(tx, delivery, { isSent: verdict === 'sent', answer, delaySeconds }),
    );
    if (verdict !== 'sent')
      this.log.warn({ organizationId, deliveryId, answer }, 'an application was not told of a logout');
  }

  private async attempt(organizationId: string, delivery: DeliveryInHand): Promise<Outcome> {
    // Also of one that is suspended: that is what its applications are told then.
    const issuer = await this.database.forOrganization(organizationId, findOwnIssuer);
    if (issuer === null) return { verdict: 'never', answer: 'The organization is gone' };
    const provider = await this.issuers.instanceOf(issuer);
    const client = await provider.Client.find(delivery.applicationId);
    const address = client && (client['backchannelLogoutUri'] as string | undefined);
    if (client === undefined || address === undefined)
      return { verdict: 'never', answer: 'The application does not want to know any more' };
    const token = await logoutToken(provider, client, delivery.userId, delivery.sid);
    return this.send(address, token);
  }

  private async send(address: string, token: string): Promise<Outcome> {
    try {
      const { status } = await this.outbound.send(address, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      });
      const answer = `HTTP ${status}`;
      if (isTaken(status)) return { verdict: 'sent', answer };
      return { verdict: isFinal(status) ? 'never' : 'again', answer };
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return { verdict: 'again', answer: error.message };
    }
  }
}
