import { Inject, Injectable } from '@nestjs/common';
import type { Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { readIdentifier } from '../users/identifiers.rules.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { AttemptLimits, type Counter } from './attempt-limits.service.js';
import { Turns } from './turns.js';
import { type KnownDevice, KnownDevices } from './known-devices.service.js';
import { invalidCredentialsProblem, tooManyRequestsProblem } from './sign-in.problems.js';

const addressWindowSeconds = 600;

type Account = NonNullable<Awaited<ReturnType<UserAccounts['findByIdentifier']>>>;

/** A sign-in that was counted and may be judged. */
export interface SignInAttempt {
  readonly organizationId: string;
  /** Of the account as it was named, among attempts that are being judged. */
  readonly key: string;
  /** Null for an unknown identifier: everything else goes the same way. */
  readonly account: Account | null;
  readonly device: KnownDevice | null;
  readonly counters: { readonly address: Counter | null; readonly guesses: Counter };
  /** Seconds that the next attempt must wait if this one fails. */
  readonly nextWaitSeconds: number;
}

/** The account is blocked by attempts that are being judged. Takes the transaction with it: nothing was counted. */
class MustWait extends Error {}

/** A block that is longer was not begun by attempts that are still being judged. */
const shortBlockSeconds = 1;

/** Counting sign-ins, before and after they are judged. */
@Injectable()
export class SignInAttempts {
  readonly #turns = new Turns();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly devices: KnownDevices,
    private readonly limits: AttemptLimits,
  ) {}

  /**
   * Counts an attempt for the account and its address; on a known device, for the device alone. Whoever gets an attempt
   * must `end` it. Many at once with the right password are served one after the other: who finds the account blocked by
   * those before, waits until one of them was judged.
   *
   * @throws Problem `invalid_credentials` with a wait when the account is throttled, `too_many_requests` for the address
   */
  async begin(
    organizationId: string,
    visitor: Anonymous,
    identifier: string,
    deviceToken: string | null,
  ): Promise<SignInAttempt> {
    const key = `${organizationId} ${canonicalIdentifier(identifier)}`;
    for (;;) {
      try {
        const { attempt, throttledForSeconds } = await this.database.forOrganization(organizationId, (tx) =>
          this.count(tx, key, visitor, identifier, deviceToken),
        );
        if (throttledForSeconds !== null) throw invalidCredentialsProblem(throttledForSeconds);
        this.#turns.begin(key);
        return attempt;
      } catch (error) {
        if (!(error instanceof MustWait)) throw error;
        await this.#turns.next(key);
      }
    }
  }

  /** The attempt was judged, or never will be. */
  end({ key }: SignInAttempt): void {
    this.#turns.end(key);
  }

  private async count(
    tx: Transaction,
    key: string,
    visitor: Anonymous,
    identifier: string,
    deviceToken: string | null,
  ): Promise<{ attempt: SignInAttempt; throttledForSeconds: number | null }> {
    const account = await this.users.findByIdentifier(tx, identifier);
    const device = await this.devices.find(tx, account?.id ?? null, deviceToken);
    const counters = this.countersOf(visitor, identifier, account, device);
    const { address, guesses } = counters;
    const verdict = await this.limits.count(tx, address === null ? [guesses] : [address, guesses]);
    // Takes the transaction back, and the guess with it: it will not be judged.
    if (verdict.blockedBy !== null && verdict.blockedBy === address)
      throw tooManyRequestsProblem(verdict.retryAfterSeconds);
    const isBlocked = verdict.blockedBy !== null;
    if (isBlocked && verdict.retryAfterSeconds <= shortBlockSeconds && this.#turns.mayWait(key))
      throw new MustWait();
    return {
      attempt: {
        organizationId: tx.organizationId,
        key,
        account,
        device,
        counters,
        nextWaitSeconds: verdict.nextWaitSeconds.get(guesses) ?? 0,
      },
      throttledForSeconds: isBlocked ? verdict.retryAfterSeconds : null,
    };
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
  async forgive(tx: Transaction, { email, username }: Account): Promise<void> {
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

  private countersOf(
    visitor: Anonymous,
    identifier: string,
    account: Account | null,
    device: KnownDevice | null,
  ): SignInAttempt['counters'] {
    if (account !== null && device !== null) {
      const guesses = this.limits.guesses('sign-in.device', account.id, device.tokenHash.toString('hex'));
      return { address: null, guesses };
    }
    const { failuresPerAddress } = this.config.limits;
    return {
      address: this.limits.fromAddress(
        'sign-in.address',
        visitor.origin.ip,
        failuresPerAddress,
        addressWindowSeconds,
      ),
      guesses: this.limits.guesses('sign-in.account', canonicalIdentifier(identifier)),
    };
  }
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
