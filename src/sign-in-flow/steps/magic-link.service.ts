import { Injectable } from '@nestjs/common';
import { MagicLink } from '../../account-recovery/magic-link.service.js';
import { Database } from '../../platform/database/database.js';
import { parseToken } from '../../platform/crypto/secret-token.js';
import { canonicalEmail } from '../../users/identifiers.rules.js';
import type { SignedIn } from '../../sign-in/session-start.service.js';
import { BrowserSessions } from '../browser-sessions.service.js';
import type { BrowserSession, Flow, StepResult, Traveller } from '../sign-in-flow.types.js';
import { SignInFlows } from '../sign-in-flows.service.js';

interface Followed {
  readonly signedIn: BrowserSession;
  readonly flow: Flow | null;
  readonly account: SignedIn['account'];
}

/** Whoever has asked for a mail that signs in comes back with its code, or by its link in the same browser. */
@Injectable()
export class MagicLinkStep {
  constructor(
    private readonly flows: SignInFlows,
    private readonly magicLinks: MagicLink,
    private readonly browserSessions: BrowserSessions,
    private readonly database: Database,
  ) {}

  /** @throws Problem `invalid_token`, `too_many_requests` */
  async redeem(traveller: Traveller, flow: Flow, code: string): Promise<StepResult> {
    const { visitor, organization } = traveller;
    const email = flow.state.identifier;
    const current = await this.browserSessions.current(traveller);
    const use = { email, code, deviceTokenFor: () => ownDeviceToken(traveller), rememberDevice: true };
    const started = await this.magicLinks.confirmWithCode(visitor, organization.slug, use);
    // The code is used up, and once: whether the flow has ended meanwhile changes nothing of who has shown it.
    const signedIn = await this.take(traveller, started, current, flow);
    return { kind: 'finished', flow, signedIn };
  }

  /**
   * By the link, in whatever browser. In the one that asked for it the flow is finished, and goes on to where it leads; in
   * any other one there is none.
   *
   * @throws Problem `invalid_token`
   */
  async follow(traveller: Traveller, token: string): Promise<Followed> {
    const { visitor, organization } = traveller;
    const current = await this.browserSessions.current(traveller);
    const use = { token, deviceTokenFor: () => ownDeviceToken(traveller), rememberDevice: true };
    const started = await this.magicLinks.confirm(visitor, organization.slug, use);
    const { account } = started;
    const latest = await this.flows.latest(traveller, 'magic-link');
    const isAskedFor = latest !== null && canonicalEmail(latest.state.identifier) === account.email;
    const flow = isAskedFor ? latest : null;
    return { signedIn: await this.take(traveller, started, current, flow), flow, account };
  }

  /** The same answer and work whoever it is. @throws Problem `invalid_request`, `too_many_requests` */
  async mailAgain(traveller: Traveller, flow: Flow): Promise<StepResult> {
    const { visitor, organization } = traveller;
    await this.magicLinks.start(visitor, organization.slug, flow.state.identifier);
    const moved = await this.flows.move(traveller, flow, 'magic-link');
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved, notice: 'mail-sent' };
  }

  /** Gives the browser its session in the place of the one that it had. */
  private async take(
    { organization }: Traveller,
    { token, session, account, endsAt, device }: SignedIn,
    current: Awaited<ReturnType<BrowserSessions['current']>>,
    flow: Flow | null,
  ): Promise<BrowserSession> {
    await this.database.forOrganization(organization.id, async (tx) => {
      if (current !== null) await this.browserSessions.end(tx, current);
      if (flow !== null) await this.flows.finish(tx, flow);
    });
    return { organizationSlug: organization.slug, token, session, userId: account.id, endsAt, device };
  }
}

function ownDeviceToken({ deviceTokens, organization }: Traveller): string | null {
  return (
    deviceTokens.find((token) => parseToken('device', token)?.organizationId === organization.id) ?? null
  );
}
