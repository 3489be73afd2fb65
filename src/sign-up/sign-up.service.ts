import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Mail } from '../mail/mail.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Problem } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { Policies } from '../policies/policies.service.js';
import { AttemptLimits, isLoopback } from '../sign-in/attempt-limits.service.js';
import { tooManyRequestsProblem } from '../sign-in/sign-in.problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { emailTaken, usernameTaken } from '../users/users.problems.js';
import type { SignedUpUser, SignUpRequest, SignUpView } from './sign-up.dto.js';
import { NewcomerRoles } from './newcomer-roles.service.js';
import { beginning } from './sign-up.queries.js';
import { requireRegistrable } from './sign-up.rules.js';

const windowSeconds = 3600;

interface Person {
  email: string | null;
  username: string | null;
  fullName: string | null;
}

/**
 * Signing up by oneself, where the organization allows it. Whoever has an account already gets the answer of whoever has
 * none: the password is hashed, a mail is queued, nothing else is written but the refusal.
 */
@Injectable()
export class SignUp {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly organizations: Organizations,
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly passwords: Passwords,
    private readonly users: UserAccounts,
    private readonly roles: NewcomerRoles,
    private readonly limits: AttemptLimits,
    private readonly mail: Mail,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  /**
   * @throws Problem `not_found`, `registration_closed`, `email_domain_not_allowed`, `weak_password`, `invalid_request`,
   *   `too_many_requests`, `unavailable`
   */
  async signUp(
    visitor: Anonymous,
    slugOrId: string,
    { password, ...input }: SignUpRequest,
  ): Promise<SignUpView> {
    const organization = await this.organizations.find(slugOrId);
    if (organization === null || organization.status !== 'active') throw notFoundProblem();
    const { email, username, fullName } = this.users.readProfile(input);
    const person: Person = { email, username, fullName };
    const mayMail = await this.database.forOrganization(organization.id, async (tx) => {
      requireRegistrable(await this.policies.read(tx, 'registration'), email);
      await this.passwords.requireAcceptable(tx, password, person);
      await this.count(tx, visitor);
      return email !== null && (await this.limits.countMail(tx, 'mail.recipient', email));
    });
    const passwordHash = await this.passwords.hash(password);
    return this.database.forOrganization(organization.id, (tx) =>
      this.idempotency.once(tx, visitor, () => this.register(tx, visitor, person, passwordHash, mayMail)),
    );
  }

  /** Developers and tests sign up from their own machine as often as they like. */
  private async count(tx: Transaction, { origin }: Anonymous): Promise<void> {
    if (isLoopback(origin.ip) && this.config.server.environment !== 'production') return;
    const { signUpsPerAddress } = this.config.limits;
    const counter = this.limits.fromAddress('sign-up.address', origin.ip, signUpsPerAddress, windowSeconds);
    const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
    if (blockedBy !== null) throw tooManyRequestsProblem(retryAfterSeconds);
  }

  private async register(
    tx: Transaction,
    visitor: Anonymous,
    person: Person,
    passwordHash: string,
    mayMail: boolean,
  ): Promise<SignUpView> {
    const role = await this.roles.choose(tx);
    // For whoever is known already: made where a new user's would be, since an id tells when that was, to the millisecond.
    const createdAt = await beginning(tx);
    const substituteId = newId();
    try {
      const { id } = await this.users.create(tx, { ...person, passwordHash });
      const roles = await this.roles.grant(tx, id, role);
      await this.audit.record(tx, visitor, 'user.signed_up', { type: 'user', id }, { roles });
      return { user: signedUpUser(id, person, createdAt) };
    } catch (error) {
      const reason = error instanceof Problem ? error.kind : null;
      if (reason !== emailTaken && reason !== usernameTaken) throw error;
      if (reason === emailTaken && mayMail) await this.tellOwner(tx, person.email!);
      await this.audit.recordRefusal(tx, visitor, 'user.sign_up_refused', null, { reason: reason.code });
      return { user: signedUpUser(substituteId, person, createdAt) };
    }
  }

  /** The answer says nothing, so whoever reads the mail of the address hears that there is an account already. */
  private async tellOwner(tx: Transaction, email: string): Promise<void> {
    const account = await this.users.findByIdentifier(tx, email);
    if (account === null || account.status === 'locked' || account.status === 'deactivated') return;
    const to = { email, name: account.fullName };
    await this.mail.queue(tx, { template: 'account-exists', to, userId: account.id });
  }
}

function signedUpUser(id: string, person: Person, createdAt: Date): SignedUpUser {
  return { id, ...person, status: 'active', createdAt: createdAt.toISOString() };
}
