import type { Database, NamedStatement } from '../platform/database/database.js';
import type { PolicyDocuments } from '../policies/policies.service.js';
import type { UserReference } from '../users/identifiers.rules.js';
import type { Counter } from './attempt-limits.queries.js';
import { longestBackoffSeconds } from './attempt-limits.rules.js';
import type { SignInAccount } from './sign-in.rules.js';

interface DeviceClaim {
  readonly token: string;
  readonly organizationId: string;
  readonly tokenHash: Buffer;
  readonly counter: Counter;
}

export interface SignInSubject {
  readonly slugOrId: string;
  /** Null for what nobody can be called. */
  readonly reference: UserReference | null;
  readonly devices: readonly DeviceClaim[];
  readonly deviceLifetimeDays: number;
  readonly address: Counter;
  readonly guesses: Counter;
  /** Whether to wait for attempts that are being judged, where they block this one. */
  readonly mayWait: boolean;
}

export interface BegunSignIn {
  readonly verdict: 'counted' | 'no_organization' | 'address_blocked' | 'account_blocked' | 'wait';
  readonly seconds: number;
  readonly next_wait_seconds: number;
  readonly org_id: string;
  readonly org_slug: string;
  /** Which of the devices is known, counted from 1. */
  readonly device: number | null;
  readonly account:
    (Omit<SignInAccount, 'emailVerifiedAt'> & { readonly emailVerifiedAt: string | null }) | null;
  readonly registration: PolicyDocuments<'registration'>;
  readonly session: PolicyDocuments<'session'>;
}

const statement: NamedStatement = {
  name: 'begin_sign_in',
  text: 'select * from begin_sign_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
};

/** All that comes before the hash; see the function. */
export async function beginSignIn(database: Database, subject: SignInSubject): Promise<BegunSignIn> {
  const { reference, devices, address, guesses } = subject;
  const [begun] = await database.call<BegunSignIn>(statement, [
    subject.slugOrId,
    reference?.by === 'email' ? reference.email : null,
    reference?.by === 'username' ? reference.username : null,
    devices.map(({ organizationId }) => organizationId),
    devices.map(({ tokenHash }) => tokenHash),
    devices.map(({ counter }) => counter.keyHash),
    subject.deviceLifetimeDays,
    guesses.keyHash,
    address.keyHash,
    address.limit.freeAttempts,
    address.limit.windowSeconds,
    guesses.limit.freeAttempts,
    guesses.limit.windowSeconds,
    longestBackoffSeconds,
    subject.mayWait,
  ]);
  return begun!;
}
