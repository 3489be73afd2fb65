import type { UserAccounts } from '../users/user-accounts.service.js';

/** What somebody wants who comes back from a provider. */
export type ArrivalIntent =
  | { readonly kind: 'sign-in' }
  | {
      readonly kind: 'link';
      /** The session in which they asked for it. */
      readonly sessionId: string;
      readonly userId: string;
      /** When they asked: how recent their proof was is asked of that moment. Now, where it is left out. */
      readonly beganAt?: Date;
    };

export type Person = NonNullable<Awaited<ReturnType<UserAccounts['findByReference']>>>;

/** Somebody who may be signed in now. */
export interface SignInArrival {
  readonly kind: 'sign-in';
  readonly account: Person;
  readonly accountId: string;
  /** For the session (RFC 8176). */
  readonly methods: readonly string[];
  /** Whether they have become a user just now. */
  readonly isNew: boolean;
  /** Whether they have to show first that they read the mail of their address. */
  readonly owesVerification: boolean;
}

/** An account that is linked with whoever is signed in. */
export interface LinkArrival {
  readonly kind: 'link';
  readonly userId: string;
  readonly accountId: string;
  /** Whether it was linked before. */
  readonly wasLinked: boolean;
}

export type Arrival = SignInArrival | LinkArrival;

/** What would become of somebody, for a dry run. */
export interface ForeseenArrival {
  /** A word of the table in docs/linking.md, or the code of the problem that somebody new would get. */
  readonly outcome: string;
  /** The user whom it is about, if there is one. */
  readonly userId: string | null;
  /** Names of the roles that the role mapping gives. */
  readonly roles: readonly string[];
}
