import { Injectable } from '@nestjs/common';
import { EmailVerification } from '../../account-recovery/email-verification.service.js';
import { MagicLink } from '../../account-recovery/magic-link.service.js';
import { Database } from '../../platform/database/database.js';
import { UnverifiedEmail } from '../../sign-in/sign-in.problems.js';
import { SignIn } from '../../sign-in/sign-in.service.js';
import { BrowserSessions } from '../browser-sessions.service.js';
import type { BrowserSession, Flow, FlowState, StepResult, Traveller } from '../sign-in-flow.types.js';
import { passwordSetAt } from '../sign-in-flows.queries.js';
import { SignInFlows } from '../sign-in-flows.service.js';

/** Somebody was faster; takes the transaction with it, and with it the session. */
class Overtaken extends Error {}

/** Whoever has said who they are shows it with a password, or asks for another way. */
@Injectable()
export class PasswordStep {
  constructor(
    private readonly flows: SignInFlows,
    private readonly signIns: SignIn,
    private readonly browserSessions: BrowserSessions,
    private readonly verifications: EmailVerification,
    private readonly magicLinks: MagicLink,
    private readonly database: Database,
  ) {}

  /**
   * @param flow taken; stays where it is when the password is wrong
   * @throws Problem `invalid_credentials`, `too_many_requests`, `unavailable`
   */
  async prove(traveller: Traveller, flow: Flow, password: string): Promise<StepResult> {
    const { visitor, organization, deviceTokens } = traveller;
    const current = await this.browserSessions.current(traveller);
    const credentials = { identifier: flow.state.identifier, password, deviceTokens, rememberDevice: true };
    try {
      const signedIn = await this.signIns.prove<BrowserSession>(
        visitor,
        organization.slug,
        credentials,
        ({ organizationId, person, counters }) =>
          this.database.forOrganization(organizationId, async (tx) => {
            const opened = await this.browserSessions.open(tx, traveller, current, person, counters);
            if (opened !== null && !(await this.flows.finish(tx, flow))) throw new Overtaken();
            return opened;
          }),
      );
      return { kind: 'finished', flow, signedIn };
    } catch (error) {
      if (error instanceof Overtaken) return { kind: 'over' };
      if (error instanceof UnverifiedEmail) return this.verifyFirst(traveller, flow, error);
      throw error;
    }
  }

  /** Another account than the one that was named first. */
  async rename(traveller: Traveller, flow: Flow, identifier: string): Promise<Flow | null> {
    if (flow.state.identifier === identifier || flow.state.reauthenticates !== undefined) return flow;
    return this.flows.move(traveller, flow, 'password', { state: { identifier } });
  }

  /** Mails a link that signs in, if there is such an account. @throws Problem `invalid_request`, `too_many_requests` */
  async mailLink(traveller: Traveller, flow: Flow): Promise<StepResult> {
    const { visitor, organization } = traveller;
    await this.magicLinks.start(visitor, organization.slug, flow.state.identifier);
    const moved = await this.flows.move(traveller, flow, 'magic-link');
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved };
  }

  /** The password was right, and the organization wants the address verified before anything else. */
  private async verifyFirst(
    traveller: Traveller,
    flow: Flow,
    { account }: UnverifiedEmail,
  ): Promise<StepResult> {
    const { visitor, organization } = traveller;
    const moment = await this.database.forOrganization(organization.id, (tx) =>
      passwordSetAt(tx, account.id, account.passwordHash),
    );
    if (moment === null) return { kind: 'over' };
    const state: FlowState = { identifier: account.email!, passwordSetAt: moment };
    const moved = await this.flows.move(traveller, flow, 'verification', { state, userId: account.id });
    if (moved === null) return { kind: 'over' };
    await this.verifications.start(visitor, organization.slug, account.email!);
    return { kind: 'moved', flow: moved };
  }
}
