import { Injectable } from '@nestjs/common';
import { Mail, presentableName } from '../mail/mail.service.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { type InvitationRow, nameOfUser } from './invitations.queries.js';

const retryAfterSeconds = 600;

/** The mail that carries an invitation. Its link is made when it is sent; nobody here ever sees it. */
@Injectable()
export class InvitationMails {
  constructor(
    private readonly mail: Mail,
    private readonly limits: AttemptLimits,
  ) {}

  /** Nobody floods a mailbox with invitations, whoever they are. @throws Problem `too_many_requests` */
  async requireRoom(tx: Transaction, email: string): Promise<void> {
    if (await this.limits.countMail(tx, 'invitation.mail', email)) return;
    throw new Problem(tooManyRequests, {
      detail: 'Enough mails went to this address for now',
      retryAfterSeconds,
    });
  }

  async queue(tx: Transaction, invitation: InvitationRow): Promise<void> {
    await this.mail.queue(tx, {
      template: 'invitation',
      to: { email: invitation.email },
      subjectId: invitation.id,
      tokenType: 'invitation',
      locale: invitation.locale,
      data: {
        // It stands in the subject, where nobody expects what somebody else has written.
        invitedBy: presentableName(await nameOfUser(tx, invitation.invited_by)),
        message: invitation.message,
        // A link lives as long as its invitation, whatever links usually do.
        endsOn: invitation.expires_at.toISOString().slice(0, 10),
      },
    });
  }
}
