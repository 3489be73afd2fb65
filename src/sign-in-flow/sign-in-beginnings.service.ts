import { Injectable } from '@nestjs/common';
import { PasswordReset } from '../account-recovery/password-reset.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { SignUp } from '../sign-up/sign-up.service.js';
import { requireEmail } from '../users/identifiers.rules.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { Flow, FlowState, Traveller } from './sign-in-flow.types.js';
import { passwordSetAt } from './sign-in-flows.queries.js';
import { type FlowBeginning, SignInFlows } from './sign-in-flows.service.js';

/** What every beginning brings along: the id that its form bore, and where it leads. */
export type Beginning = Pick<FlowBeginning, 'id' | 'interaction' | 'returnTo'>;

export interface NewPerson {
  readonly email: string;
  readonly fullName: string | null;
  readonly password: string;
}

/** The first step of a flow: somebody says who they are, or wants to become somebody. */
@Injectable()
export class SignInBeginnings {
  constructor(
    private readonly flows: SignInFlows,
    private readonly signUps: SignUp,
    private readonly resets: PasswordReset,
    private readonly users: UserAccounts,
    private readonly database: Database,
  ) {}

  /** Null where that form was sent before. @throws Problem `too_many_requests` */
  withIdentifier(traveller: Traveller, beginning: Beginning, identifier: string): Promise<Flow | null> {
    return this.flows.begin(traveller, { ...beginning, step: 'password', state: { identifier } });
  }

  /** For the person of a session, and for nobody else. */
  async again(traveller: Traveller, beginning: Beginning, actor: Actor): Promise<Flow | null> {
    const account = await this.database.forOrganization(actor.organization.id, (tx) =>
      this.users.findByReference(tx, actor.userId),
    );
    const identifier = account?.email ?? account?.username ?? null;
    if (identifier === null) return null;
    const state: FlowState = { identifier, reauthenticates: actor.credentialId };
    return this.flows.begin(traveller, { ...beginning, step: 'password', state });
  }

  /**
   * The same answer and work for an address that has an account.
   *
   * @throws Problem `registration_closed`, `email_domain_not_allowed`, `weak_password`, `invalid_request`,
   *   `too_many_requests`, `unavailable`
   */
  async bySigningUp(traveller: Traveller, beginning: Beginning, person: NewPerson): Promise<Flow | null> {
    const { visitor, organization } = traveller;
    const email = requireEmail(person.email);
    const { fullName, password } = person;
    const { user } = await this.signUps.signUp(visitor, organization.slug, {
      email,
      password,
      ...(fullName !== null && { fullName }),
    });
    // Null for whoever was known already: the id that was answered is nobody's.
    const moment = await this.database.forOrganization(organization.id, (tx) =>
      passwordSetAt(tx, user.id, null),
    );
    const state: FlowState = {
      identifier: email,
      isNew: true,
      ...(moment !== null && { passwordSetAt: moment }),
    };
    const userId = moment === null ? null : user.id;
    return this.flows.begin(traveller, { ...beginning, step: 'verification', state, userId });
  }

  /** The same answer and work whoever it is. @throws Problem `too_many_requests` */
  async byResetting(traveller: Traveller, beginning: Beginning, identifier: string): Promise<Flow | null> {
    const { visitor, organization } = traveller;
    await this.resets.start(visitor, organization.slug, identifier);
    return this.flows.begin(traveller, { ...beginning, step: 'reset', state: { identifier } });
  }
}
