import { Inject, Injectable } from '@nestjs/common';
import type { Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { parseToken } from '../platform/crypto/secret-token.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type { PolicyDocuments } from '../policies/policies.service.js';
import { readIdentifier } from '../users/identifiers.rules.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { AttemptLimits, type Counter } from './attempt-limits.service.js';
import { deviceLifetimeDays, type KnownDevice } from './known-devices.service.js';
import { beginSignIn, type BegunSignIn, type SignInSubject } from './sign-in.queries.js';
import type { SignInAccount } from './sign-in.rules.js';
import { Turns } from './turns.js';
import { invalidCredentialsProblem, tooManyRequestsProblem } from './sign-in.problems.js';

const addressWindowSeconds = 600;

/** A browser that holds more of them is not one. */
const mostDeviceTokens = 50;

/** A sign-in that was counted and may be judged. */
export interface SignInAttempt {
  readonly organizationId: string;
  readonly organizationSlug: string;
  /** Of the account as it was named, among attempts that are being judged. */
  readonly key: string;
  /** Null for an unknown identifier: everything else goes the same way. */
  readonly account: SignInAccount | null;
  readonly device: KnownDevice | null;
  readonly counters: { readonly address: Counter | null; readonly guesses: Counter };
  /** Seconds that the next attempt must wait if this one fails. */
  readonly nextWaitSeconds: number;
  readonly policies: {
    readonly registration: PolicyDocuments<'registration'>;
    readonly session: PolicyDocuments<'session'>;
  };
}

/** Counting sign-ins, before and after they are judged. */
@Injectable()
export class SignInAttempts {
  readonly #turns = new Turns();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly limits: AttemptLimits,
  ) {}

  /**
   * Counts an attempt for the account and its address; on a known device, for the device alone. Whoever gets an attempt
   * must `end` it. Many at once with the right password are served one after the other: who finds the account blocked by
   * those before, waits until one of them was judged.
   *
   * @throws Problem `not_found`, `invalid_credentials` with a wait when the account is throttled, `too_many_requests` for
   *   the address
   */
  async begin(
    visitor: Anonymous,
    slugOrId: string,
    identifier: string,
    deviceTokens: readonly string[],
  ): Promise<SignInAttempt> {
    const key = `${slugOrId.toLowerCase()} ${canonicalIdentifier(identifier)}`;
    const subject = this.subjectOf(visitor, identifier, deviceTokens);
    let mayWait = true;
    for (;;) {
      const counted = await beginSignIn(this.database, { ...subject, slugOrId, mayWait });
      switch (counted.verdict) {
        case 'no_organization':
          throw notFoundProblem();
        case 'address_blocked':
          throw tooManyRequestsProblem(counted.seconds);
        case 'account_blocked':
          throw invalidCredentialsProblem(counted.seconds);
        case 'wait':
          // Asked now, since whoever blocks the account may have begun while this one was counted.
          mayWait = this.#turns.mayWait(key);
          if (mayWait) await this.#turns.next(key);
          continue;
        case 'counted':
          this.#turns.begin(key);
          return attemptOf(key, counted, subject);
      }
    }
  }

  /** The attempt was judged, or never will be. */
  end({ key }: SignInAttempt): void {
    this.#turns.end(key);
  }

  /** The same attempt with the account as it is now. */
  reread(attempt: SignInAttempt): Promise<SignInAttempt> {
    return this.database.forOrganization(attempt.organizationId, async (tx) => {
      const { account } = attempt;
      return { ...attempt, account: account && (await this.users.findByReference(tx, account.id)) };
    });
  }

  /** It was the right one, which makes up for the failures before it; on the address only this one is taken back. */
  succeed(tx: Transaction, { counters }: SignInAttempt): Promise<void> {
    return this.limits.succeed(tx, counters.guesses, counters.address);
  }

  /** Somebody has proven in another way whose account it is: failures before it slow them down no longer. */
  async forgive(
    tx: Transaction,
    { email, username }: Pick<SignInAccount, 'email' | 'username'>,
  ): Promise<void> {
    for (const identifier of [email, username])
      if (identifier !== null)
        await this.limits.succeed(tx, this.limits.guesses('sign-in.account', identifier));
  }

  /** It was never judged, because the server is busy. */
  async abandon({ organizationId, counters }: SignInAttempt): Promise<void> {
    await this.database.forOrganization(organizationId, async (tx) => {
      if (counters.address !== null) await this.limits.takeBack(tx, counters.address);
      await this.limits.takeBack(tx, counters.guesses);
    });
  }

  private subjectOf(
    visitor: Anonymous,
    identifier: string,
    deviceTokens: readonly string[],
  ): Omit<SignInSubject, 'slugOrId' | 'mayWait'> {
    const { failuresPerAddress } = this.config.limits;
    const { ip } = visitor.origin;
    const devices = deviceTokens.slice(0, mostDeviceTokens).flatMap((token) => {
      const reference = parseToken('device', token);
      if (reference === null) return [];
      const counter = this.limits.guesses('sign-in.device', reference.tokenHash.toString('hex'));
      return [{ token, ...reference, counter }];
    });
    return {
      reference: readIdentifier(identifier),
      devices,
      deviceLifetimeDays,
      address: this.limits.fromAddress('sign-in.address', ip, failuresPerAddress, addressWindowSeconds),
      guesses: this.limits.guesses('sign-in.account', canonicalIdentifier(identifier)),
    };
  }
}

function attemptOf(
  key: string,
  counted: BegunSignIn,
  subject: Omit<SignInSubject, 'slugOrId' | 'mayWait'>,
): SignInAttempt {
  const { account } = counted;
  const device = counted.device === null ? null : subject.devices[counted.device - 1]!;
  return {
    organizationId: counted.org_id,
    organizationSlug: counted.org_slug,
    key,
    account: account && {
      ...account,
      emailVerifiedAt: account.emailVerifiedAt === null ? null : new Date(account.emailVerifiedAt),
    },
    device,
    counters:
      device === null
        ? { address: subject.address, guesses: subject.guesses }
        : { address: null, guesses: device.counter },
    nextWaitSeconds: counted.next_wait_seconds,
    policies: { registration: counted.registration, session: counted.session },
  };
}

/**
 * Every spelling of an address counts as one, whether somebody has it or not. The two identifiers of one account do not:
 * that they go together is nothing that a stranger may find out by being throttled.
 */
function canonicalIdentifier(identifier: string): string {
  const reference = readIdentifier(identifier);
  if (reference?.by === 'email') return reference.email;
  if (reference?.by === 'username') return reference.username;
  return identifier.normalize('NFKC').toLowerCase();
}
