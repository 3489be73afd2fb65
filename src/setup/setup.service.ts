import { Inject, Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { Audit, type AuditActor } from '../audit/audit.service.js';
import { OrganizationFounding } from '../organizations/organization-founding.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { canonicalEmail } from '../users/identifiers.rules.js';
import { invalidTokenProblem } from '../verification/verification.problems.js';
import { VerificationTokens } from '../verification/verification-tokens.service.js';
import { platformNames } from './first-operator.js';
import { findPlatformId, hasOwner, lockSetup } from './setup.queries.js';

export interface FirstOperator {
  email: string;
  password: string;
}

/** The first minutes of a deployment: the platform organization and its first operator. */
@Injectable()
export class Setup {
  constructor(
    private readonly database: Database,
    private readonly founding: OrganizationFounding,
    private readonly accessControl: AccessControl,
    private readonly passwords: Passwords,
    private readonly tokens: VerificationTokens,
    private readonly audit: Audit,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes what every deployment has. Runs on every start and changes nothing from the second on.
   *
   * @returns the token of a one-time set-up link while there is no operator
   */
  async prepare(): Promise<string | null> {
    const platformId = await this.preparePlatform();
    const { email, password } = this.config.firstOperator;
    if (email !== null && password !== null) {
      await this.createConfiguredOperator(platformId, { email, password: password.reveal() });
    }
    return this.database.forOrganization(platformId, async (tx) => {
      if (await hasOwner(tx)) return null;
      return this.tokens.issue(tx, { type: 'setup' });
    });
  }

  /** Whether the first operator is still to come. */
  async isOpen(): Promise<boolean> {
    const platformId = await this.platformId();
    return this.database.forOrganization(platformId, async (tx) => !(await hasOwner(tx)));
  }

  /**
   * Creates the first operator.
   *
   * @throws Problem `not_found` once there is one, `invalid_token`, `weak_password`
   */
  async complete(visitor: Anonymous, token: string, operator: FirstOperator): Promise<string> {
    const platformId = await this.platformId();
    await this.database.forOrganization(platformId, async (tx) => {
      if (await hasOwner(tx)) throw notFoundProblem();
      await this.passwords.requireAcceptable(tx, operator.password, { email: operator.email });
      // A wrong token costs nobody a hash.
      if (!(await this.tokens.check(tx, 'setup', token))) throw invalidTokenProblem();
    });
    const passwordHash = await this.passwords.hash(operator.password);
    return this.database.forOrganization(platformId, async (tx) => {
      await this.accessControl.lockOwnership(tx);
      if (await hasOwner(tx)) throw notFoundProblem();
      if ((await this.tokens.consume(tx, 'setup', token)) === null) throw invalidTokenProblem();
      return this.addOperator(tx, visitor, operator.email, passwordHash);
    });
  }

  private preparePlatform(): Promise<string> {
    return this.database.asPlatform('setup.platform', async (tx) => {
      await lockSetup(tx);
      const existing = await findPlatformId(tx);
      if (existing !== null) return existing;
      const id = newId();
      const platform = {
        id,
        ...platformNames,
        settings: {},
        isPlatform: true,
        createdBy: null,
      };
      await this.founding.found(tx, platform);
      await this.audit.record(
        tx,
        'system',
        'organization.created',
        { type: 'organization', id },
        { slug: platformNames.slug },
      );
      return id;
    });
  }

  private async createConfiguredOperator(
    platformId: string,
    { email, password }: FirstOperator,
  ): Promise<void> {
    const isNeeded = await this.database.forOrganization(platformId, async (tx) => {
      if (await hasOwner(tx)) return false;
      if (canonicalEmail(email) === null) throw foreseen('ADMIN_EMAIL is no e-mail address');
      await this.passwords.requireAcceptable(tx, password, { email }).catch((error: unknown) => {
        throw foreseen(`ADMIN_PASSWORD is not accepted: ${describe(error)}`);
      });
      return true;
    });
    if (!isNeeded) return;
    const passwordHash = await this.passwords.hash(password);
    await this.database.forOrganization(platformId, async (tx) => {
      await this.accessControl.lockOwnership(tx);
      if (!(await hasOwner(tx))) await this.addOperator(tx, 'system', email, passwordHash);
    });
  }

  private addOperator(
    tx: Transaction,
    actor: AuditActor,
    email: string,
    passwordHash: string,
  ): Promise<string> {
    return this.founding.addOwner(tx, actor, { email }, passwordHash);
  }

  private async platformId(): Promise<string> {
    const id = await this.database.asPlatform('setup.find_platform', (tx) => findPlatformId(tx));
    if (id === null) throw notFoundProblem();
    return id;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  return error.errors?.map(({ detail }) => detail).join('; ') ?? error.message;
}

/** A failure for the person at the terminal: told without a stack. */
function foreseen(message: string): Error {
  return Object.assign(new Error(message), { isForeseen: true });
}
