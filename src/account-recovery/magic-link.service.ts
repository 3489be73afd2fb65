import { Injectable } from '@nestjs/common';
import type { Anonymous } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Policies } from '../policies/policies.service.js';
import { KnownDevices } from '../sign-in/known-devices.service.js';
import { SessionStart, type SignedIn, type StartedSession } from '../sign-in/session-start.service.js';
import { requireEmail } from '../users/identifiers.rules.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { VerificationTokens } from '../verification/verification-tokens.service.js';
import { forgetUnverifiedCredentials, markEmailVerified } from './account-recovery.queries.js';
import { decideMagicLink } from './account-recovery.rules.js';
import { CodeConfirmations } from './code-confirmations.service.js';
import { RecoveryStarts } from './recovery-starts.service.js';
import { TokenConfirmations } from './token-confirmations.service.js';

interface DeviceUse {
  /** Where the device has shown none for that organization, null. */
  readonly deviceTokenFor: (organizationSlug: string) => string | null;
  readonly rememberDevice: boolean;
}

export interface MagicLinkUse extends DeviceUse {
  readonly token: string;
}

export interface MagicCodeUse extends DeviceUse {
  readonly email: string;
  readonly code: string;
}

/** Signing in with a link in a mail, or the code beside it, where the organization wants that. */
@Injectable()
export class MagicLink {
  constructor(
    private readonly starts: RecoveryStarts,
    private readonly confirmations: TokenConfirmations,
    private readonly codes: CodeConfirmations,
    private readonly policies: Policies,
    private readonly tokens: VerificationTokens,
    private readonly users: UserAccounts,
    private readonly devices: KnownDevices,
    private readonly sessionStart: SessionStart,
  ) {}

  /** @throws Problem `not_found`, `invalid_request`, `too_many_requests` */
  start(visitor: Anonymous, slugOrId: string, email: string): Promise<void> {
    return this.starts.start(visitor, slugOrId, {
      tokenType: 'magic_link',
      identifier: requireEmail(email),
      decide: async (tx, account) => {
        const { magicLink } = await this.policies.read(tx, 'sign-in');
        return decideMagicLink(account, magicLink);
      },
    });
  }

  /** @throws Problem `not_found`, `invalid_token` */
  async confirm(visitor: Anonymous, slugOrId: string, use: MagicLinkUse): Promise<SignedIn> {
    const { id, slug: organizationSlug } = await this.confirmations.organizationOf(slugOrId, use.token);
    const deviceToken = use.deviceTokenFor(organizationSlug);
    const started = await this.confirmations.run(id, (tx) => this.signIn(tx, visitor, use, deviceToken));
    return { organizationSlug, ...started };
  }

  /** @throws Problem `not_found`, `invalid_request`, `invalid_token`, `too_many_requests` */
  async confirmWithCode(
    visitor: Anonymous,
    slugOrId: string,
    { email, code, ...use }: MagicCodeUse,
  ): Promise<SignedIn> {
    const guess = { type: 'magic_link', identifier: requireEmail(email), code } as const;
    const attempt = await this.codes.begin(visitor, slugOrId, guess);
    const { slug: organizationSlug } = attempt.organization;
    const deviceToken = use.deviceTokenFor(organizationSlug);
    const started = await this.codes.redeem(attempt, (tx, token) =>
      this.signIn(tx, visitor, { token, ...use }, deviceToken),
    );
    return { organizationSlug, ...started };
  }

  private async signIn(
    tx: Transaction,
    visitor: Anonymous,
    { token, rememberDevice }: MagicLinkUse,
    deviceToken: string | null,
  ): Promise<StartedSession | null> {
    const { magicLink } = await this.policies.read(tx, 'sign-in');
    const used = magicLink ? await this.tokens.consume(tx, 'magic_link', token) : null;
    const email = used?.payload['email'];
    if (!used?.userId || typeof email !== 'string') return null;
    await forgetUnverifiedCredentials(tx, used.userId);
    // Whoever opened the link reads the mail of this address, if it still is the address.
    if (!(await markEmailVerified(tx, used.userId, email))) return null;
    const account = await this.users.findByReference(tx, used.userId);
    if (account === null) return null;
    const device = await this.devices.find(tx, account.id, deviceToken);
    return this.sessionStart.begin(tx, visitor, { account, methods: ['email'], device, rememberDevice });
  }
}
