import { Injectable } from '@nestjs/common';
import { EmailVerification } from '../../account-recovery/email-verification.service.js';
import { Database } from '../../platform/database/database.js';
import { KnownDevices } from '../../sign-in/known-devices.service.js';
import { UserAccounts } from '../../users/user-accounts.service.js';
import { BrowserSessions } from '../browser-sessions.service.js';
import type { BrowserSession, Flow, StepResult, Traveller } from '../sign-in-flow.types.js';
import { hashSetAt } from '../sign-in-flows.queries.js';
import { SignInFlows } from '../sign-in-flows.service.js';

const nobody = '00000000-0000-0000-0000-000000000000';
const never = '-infinity';

/**
 * The address that may be confirmed here: of the account that was proven, or made, in this flow. Whoever has signed up with
 * the address of another account would else confirm it for whoever made that one, and may be waiting for just this.
 */
const addressOf = ({ id, userId, state }: Flow): string =>
  userId === null ? `${id}@nowhere.invalid` : state.identifier;

/**
 * Whoever has signed up, or signed in with an address that is not verified, shows that they read its mails. Then they are
 * signed in, if it is the account whose password they have proven or chosen in this flow, and that password still holds.
 * Whoever has signed up with the address of somebody else's account waits here for a mail that never comes.
 */
@Injectable()
export class VerificationStep {
  constructor(
    private readonly flows: SignInFlows,
    private readonly verifications: EmailVerification,
    private readonly users: UserAccounts,
    private readonly devices: KnownDevices,
    private readonly browserSessions: BrowserSessions,
    private readonly database: Database,
  ) {}

  /** @throws Problem `invalid_token`, `too_many_requests` */
  async redeem(traveller: Traveller, flow: Flow, code: string): Promise<StepResult> {
    const { visitor, organization } = traveller;
    await this.verifications.confirmWithCode(visitor, organization.slug, addressOf(flow), code);
    return (await this.goOn(traveller, flow)) ?? this.askForPassword(traveller, flow);
  }

  /** Null while nobody has followed the link. */
  async goOn(traveller: Traveller, flow: Flow): Promise<StepResult | null> {
    const current = await this.browserSessions.current(traveller);
    return this.database.forOrganization(traveller.organization.id, async (tx) => {
      const { userId, state } = flow;
      // Whoever waits for a mail that never comes costs as much as everybody else.
      const account = await this.users.findByReference(tx, userId ?? nobody);
      const provenHash = await hashSetAt(tx, userId ?? nobody, state.passwordSetAt ?? never);
      const isShown =
        account !== null && account.emailVerifiedAt !== null && account.email === state.identifier;
      if (!isShown || provenHash === null) return null;
      const device = await this.deviceOf(tx, traveller, account.id);
      const password = { provenHash, renewedHash: null };
      const person = { account, methods: ['pwd'], password, device, rememberDevice: true };
      const signedIn: BrowserSession | null = await this.browserSessions.open(tx, traveller, current, person);
      if (signedIn === null) return null;
      return (await this.flows.finish(tx, flow)) ? { kind: 'finished', flow, signedIn } : { kind: 'over' };
    });
  }

  /** The same answer and work for whoever has no such account, or a verified one. @throws Problem `too_many_requests` */
  async mailAgain(traveller: Traveller, flow: Flow): Promise<StepResult> {
    const { visitor, organization } = traveller;
    await this.verifications.start(visitor, organization.slug, addressOf(flow));
    const moved = await this.flows.move(traveller, flow, 'verification');
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved, notice: 'mail-sent' };
  }

  /** The address is verified, and nothing in this flow says whose account it is. */
  private async askForPassword(traveller: Traveller, flow: Flow): Promise<StepResult> {
    const { identifier } = flow.state;
    const moved = await this.flows.move(traveller, flow, 'password', { state: { identifier }, userId: null });
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved, notice: 'verified' };
  }

  private async deviceOf(
    tx: Parameters<KnownDevices['find']>[0],
    { deviceTokens }: Traveller,
    userId: string,
  ) {
    for (const token of deviceTokens) {
      const device = await this.devices.find(tx, userId, token);
      if (device !== null) return device;
    }
    return null;
  }
}
