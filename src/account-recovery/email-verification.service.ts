import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { requireEmail } from '../users/identifiers.rules.js';
import { verifyEmail } from './account-recovery.queries.js';
import { decideVerification } from './account-recovery.rules.js';
import { CodeConfirmations } from './code-confirmations.service.js';
import { RecoveryStarts } from './recovery-starts.service.js';
import { TokenConfirmations } from './token-confirmations.service.js';

/** Showing that an address is one's own. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly starts: RecoveryStarts,
    private readonly confirmations: TokenConfirmations,
    private readonly codes: CodeConfirmations,
    private readonly audit: Audit,
  ) {}

  /** @param visitor somebody at the door, or whoever is signed in and asks for themselves @throws Problem `not_found`, `invalid_request`, `too_many_requests` */
  start(visitor: Anonymous | Actor, slugOrId: string, email: string): Promise<void> {
    return this.starts.start(visitor, slugOrId, {
      tokenType: 'email_verification',
      identifier: requireEmail(email),
      decide: (_, account) => Promise.resolve(decideVerification(account)),
    });
  }

  /** @throws Problem `not_found`, `invalid_token` */
  async confirm(visitor: Anonymous, slugOrId: string, token: string): Promise<void> {
    const organization = await this.confirmations.organizationOf(slugOrId, token);
    await this.confirmations.run(organization.id, (tx) => this.verify(tx, visitor, token));
  }

  /** @throws Problem `not_found`, `invalid_request`, `invalid_token`, `too_many_requests` */
  async confirmWithCode(visitor: Anonymous, slugOrId: string, email: string, code: string): Promise<void> {
    const guess = { type: 'email_verification', identifier: requireEmail(email), code } as const;
    const attempt = await this.codes.begin(visitor, slugOrId, guess);
    await this.codes.redeem(attempt, (tx, token) => this.verify(tx, visitor, token));
  }

  private async verify(tx: Transaction, visitor: Anonymous, token: string): Promise<string | null> {
    const userId = await verifyEmail(tx, token);
    if (userId !== null) await this.audit.record(tx, visitor, 'email.verified', { type: 'user', id: userId });
    return userId;
  }
}
