import { Injectable } from '@nestjs/common';
import { PasswordReset } from '../../account-recovery/password-reset.service.js';
import type { Flow, StepResult, Traveller } from '../sign-in-flow.types.js';
import { SignInFlows } from '../sign-in-flows.service.js';

/** Whoever has forgotten the password sets another one with the code of a mail, and signs in with it. */
@Injectable()
export class ResetStep {
  constructor(
    private readonly flows: SignInFlows,
    private readonly resets: PasswordReset,
  ) {}

  /** @throws Problem `invalid_token`, `weak_password`, `too_many_requests`, `unavailable` */
  async setPassword(traveller: Traveller, flow: Flow, code: string, password: string): Promise<StepResult> {
    const { visitor, organization } = traveller;
    const { identifier } = flow.state;
    await this.resets.confirmWithCode(visitor, organization.slug, { identifier, code }, password);
    const moved = await this.flows.move(traveller, flow, 'password', { state: { identifier } });
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved, notice: 'password-saved' };
  }

  /** The link was followed, so that nobody waits for the code any more. Null where this browser did not. */
  async leaveMail(traveller: Traveller): Promise<Flow | null> {
    const flow = await this.flows.latest(traveller, 'reset');
    if (flow === null) return null;
    const { identifier } = flow.state;
    return this.flows.move(traveller, flow, 'password', { state: { identifier } });
  }

  /** The same answer and work whoever it is. @throws Problem `too_many_requests` */
  async mailAgain(traveller: Traveller, flow: Flow): Promise<StepResult> {
    const { visitor, organization } = traveller;
    await this.resets.start(visitor, organization.slug, flow.state.identifier);
    const moved = await this.flows.move(traveller, flow, 'reset');
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved, notice: 'mail-sent' };
  }
}
