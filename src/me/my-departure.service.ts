import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { OwnAccount } from '../users/own-account.service.js';
import { wrongPasswordProblem } from './me.problems.js';
import { MyProof } from './my-proof.service.js';

/** Leaving, for a while or for good. */
@Injectable()
export class MyDeparture {
  constructor(
    private readonly proof: MyProof,
    private readonly account: OwnAccount,
  ) {}

  /** @throws Problem `permission_denied`, `wrong_password`, `reauthentication_required`, `last_owner`, `unavailable` */
  async delete(actor: Actor, password?: string): Promise<void> {
    const provenHash = await this.proof.require(actor, password, 'user.deleted');
    if (!(await this.account.delete(actor, provenHash))) throw wrongPasswordProblem();
  }

  /** @throws Problem `permission_denied`, `wrong_password`, `reauthentication_required`, `last_owner`, `unavailable` */
  async deactivate(actor: Actor, password?: string): Promise<void> {
    const provenHash = await this.proof.require(actor, password, 'user.deactivated');
    if (!(await this.account.deactivate(actor, provenHash))) throw wrongPasswordProblem();
  }
}
