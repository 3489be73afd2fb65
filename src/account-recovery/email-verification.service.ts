import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { requireEmail } from '../users/identifiers.rules.js';
import { verifyEmail } from './account-recovery.queries.js';
import { decideVerification } from './account-recovery.rules.js';
import { RecoveryStarts } from './recovery-starts.service.js';
import { TokenConfirmations } from './token-confirmations.service.js';

/** Showing that an address is one's own. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly starts: RecoveryStarts,
    private readonly confirmations: TokenConfirmations,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `not_found`, `invalid_request`, `too_many_requests` */
  start(visitor: Anonymous, slugOrId: string, email: string): Promise<void> {
    return this.starts.start(visitor, slugOrId, {
      tokenType: 'email_verification',
      identifier: requireEmail(email),
      decide: (_, account) => Promise.resolve(decideVerification(account)),
    });
  }

  /** @throws Problem `not_found`, `invalid_token` */
  async confirm(visitor: Anonymous, slugOrId: string, token: string): Promise<void> {
    const organization = await this.confirmations.organizationOf(slugOrId, token);
    await this.confirmations.run(organization.id, async (tx) => {
      const userId = await verifyEmail(tx, token);
      if (userId === null) return null;
      await this.audit.record(tx, visitor, 'email.verified', { type: 'user', id: userId });
      return userId;
    });
  }
}
