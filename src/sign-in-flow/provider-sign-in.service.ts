import { Injectable } from '@nestjs/common';
import { EmailVerification } from '../account-recovery/email-verification.service.js';
import { Accounts } from '../accounts/accounts.service.js';
import type { SignInArrival } from '../accounts/accounts.types.js';
import { ArrivalRefused } from '../accounts/arrival-refusals.types.js';
import { Database } from '../platform/database/database.js';
import type { UpstreamIdentity } from '../providers/provider.types.js';
import { BrowserSessions } from './browser-sessions.service.js';
import type { BrowserSession, Traveller } from './sign-in-flow.types.js';

export type ProviderSignInResult =
  | { readonly kind: 'signed-in'; readonly userId: string; readonly signedIn: BrowserSession }
  /** Who they are is known; first they have to show that they read the mail of their address. */
  | { readonly kind: 'owes-verification'; readonly userId: string; readonly email: string };

/** Signs in whoever has come by a provider, like everybody else. */
@Injectable()
export class ProviderSignIn {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly browserSessions: BrowserSessions,
    private readonly verifications: EmailVerification,
  ) {}

  /** @throws ArrivalRefused as `Accounts.arrive` */
  async signIn(traveller: Traveller, identity: UpstreamIdentity): Promise<ProviderSignInResult> {
    const { visitor, organization } = traveller;
    const current = await this.browserSessions.current(traveller);
    const arrival = await this.accounts.arrive(visitor, organization.id, identity, { kind: 'sign-in' });
    if (arrival.kind !== 'sign-in') throw new Error('nobody asked for a link');
    const { account, owesVerification } = arrival;
    if (owesVerification && account.email !== null) {
      // A new user's welcome has the link already, and another mail would end it.
      if (!arrival.isNew) await this.verifications.start(visitor, organization.slug, account.email);
      return { kind: 'owes-verification', userId: account.id, email: account.email };
    }
    const signedIn = await this.open(traveller, current, arrival, identity);
    return { kind: 'signed-in', userId: account.id, signedIn };
  }

  private open(
    traveller: Traveller,
    current: Awaited<ReturnType<BrowserSessions['current']>>,
    { account, accountId, methods }: SignInArrival,
    identity: UpstreamIdentity,
  ): Promise<BrowserSession> {
    return this.database.forOrganization(traveller.organization.id, async (tx) => {
      // Whoever was not here before is no known device by having come from elsewhere.
      const person = { account, methods, device: null, rememberDevice: false };
      const opened = await this.browserSessions.open(tx, traveller, current, person);
      if (opened === null) throw new ArrivalRefused('account_unavailable');
      await this.accounts.noteSession(tx, opened.session.id, accountId, identity);
      return opened;
    });
  }
}
