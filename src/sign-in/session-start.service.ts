import { Injectable } from '@nestjs/common';
import type { Anonymous } from '../platform/access/actor.js';
import { issueToken } from '../platform/crypto/secret-token.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Policies } from '../policies/policies.service.js';
import type { SessionView } from '../sessions/session.view.js';
import {
  type NewSessionToken,
  Sessions,
  type SessionStart as NewSession,
} from '../sessions/sessions.service.js';
import { deviceLifetimeDays, devicesOfOneUser, type KnownDevice } from './known-devices.service.js';
import type { SignInAccount } from './sign-in.rules.js';

export interface ProvenPerson {
  readonly account: SignInAccount;
  /** How they have proven who they are (RFC 8176). */
  readonly methods: readonly string[];
  /** The hash that a password was verified against, and the same password hashed anew. */
  readonly password?: { readonly provenHash: string; readonly renewedHash: string | null };
  readonly device: KnownDevice | null;
  readonly rememberDevice: boolean;
}

export interface StartedSession {
  readonly token: string;
  readonly session: SessionView;
  /** When it ends however often it is used. */
  readonly endsAt: Date;
  readonly account: SignInAccount;
  readonly device: { readonly token: string; readonly endsAt: Date } | null;
}

export interface SignedIn extends StartedSession {
  readonly organizationSlug: string;
}

type Lifetimes = NewSession['lifetimes'];

/** The one way to a session, whatever somebody has proven themselves with. Recorded by the function that starts it. */
@Injectable()
export class SessionStart {
  constructor(
    private readonly policies: Policies,
    private readonly sessions: Sessions,
  ) {}

  /** Null when the user may not have a session any more. */
  async begin(
    tx: Transaction,
    visitor: Anonymous,
    person: ProvenPerson,
    settles: NewSession['settles'] = null,
  ): Promise<StartedSession | null> {
    const lifetimes = await this.policies.read(tx, 'session');
    return start(tx.organizationId, visitor, person, lifetimes, settles, (session) =>
      this.sessions.start(tx, session),
    );
  }

  /** The same as a unit of work of its own, which also settles the counters of the attempt. */
  beginAlone(
    organizationId: string,
    visitor: Anonymous,
    person: ProvenPerson,
    lifetimes: Lifetimes,
    settles: NewSession['settles'],
  ): Promise<StartedSession | null> {
    return start(organizationId, visitor, person, lifetimes, settles, (session) =>
      this.sessions.startAlone(organizationId, session),
    );
  }
}

async function start(
  organizationId: string,
  { origin }: Anonymous,
  { account, methods, password, device: known, rememberDevice }: ProvenPerson,
  lifetimes: Lifetimes,
  settles: NewSession['settles'],
  insert: (session: NewSession) => Promise<NewSessionToken | null>,
): Promise<StartedSession | null> {
  const device = known ?? (rememberDevice ? issueToken('device', organizationId) : null);
  const created = await insert({
    userId: account.id,
    methods,
    lifetimes,
    password: password ?? null,
    device: device && { tokenHash: device.tokenHash, isNew: known === null, mostOfOneUser: devicesOfOneUser },
    origin,
    settles,
  });
  if (created === null) return null;
  const endsAt = new Date(Date.parse(created.session.createdAt) + lifetimes.absoluteSeconds * 1000);
  const deviceEndsAt = new Date(Date.now() + deviceLifetimeDays * 86_400_000);
  return { ...created, endsAt, account, device: device && { token: device.token, endsAt: deviceEndsAt } };
}
