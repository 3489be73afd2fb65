import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Policies } from '../policies/policies.service.js';
import type { SessionView } from '../sessions/session.view.js';
import { Sessions } from '../sessions/sessions.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { deviceLifetimeDays, type KnownDevice, KnownDevices } from './known-devices.service.js';

type Account = NonNullable<Awaited<ReturnType<UserAccounts['findByIdentifier']>>>;

export interface ProvenPerson {
  readonly account: Account;
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
  readonly account: Account;
  readonly device: { readonly token: string; readonly endsAt: Date } | null;
}

export interface SignedIn extends StartedSession {
  readonly organizationSlug: string;
}

/** The one way to a session, whatever somebody has proven themselves with. */
@Injectable()
export class SessionStart {
  constructor(
    private readonly policies: Policies,
    private readonly users: UserAccounts,
    private readonly sessions: Sessions,
    private readonly devices: KnownDevices,
    private readonly audit: Audit,
  ) {}

  /** Null when the user may not have a session any more. */
  async begin(tx: Transaction, visitor: Anonymous, person: ProvenPerson): Promise<StartedSession | null> {
    const { account, methods, password } = person;
    // Before the session, which locks the user for sharing: two that share a lock and then both write wait for ever.
    await this.users.recordLogin(tx, account.id);
    if (password !== undefined && password.renewedHash !== null)
      await this.users.replacePasswordHash(tx, account.id, password.provenHash, password.renewedHash);
    const lifetimes = await this.policies.read(tx, 'session');
    const created = await this.sessions.create(tx, {
      userId: account.id,
      origin: visitor.origin,
      methods,
      lifetimes,
      provenPasswordHash: password?.renewedHash ?? password?.provenHash ?? null,
    });
    if (created === null) return null;
    const deviceToken = await this.knownDevice(tx, person);
    const target = { type: 'session', id: created.session.id };
    await this.audit.record(tx, visitor, 'session.created', target, { user: account.id, methods });
    const endsAt = new Date(Date.parse(created.session.createdAt) + lifetimes.absoluteSeconds * 1000);
    const deviceEndsAt = new Date(Date.now() + deviceLifetimeDays * 86_400_000);
    const device = deviceToken === null ? null : { token: deviceToken, endsAt: deviceEndsAt };
    return { ...created, endsAt, account, device };
  }

  private async knownDevice(tx: Transaction, person: ProvenPerson): Promise<string | null> {
    const { account, device, rememberDevice } = person;
    if (device !== null) {
      await this.devices.touch(tx, account.id, device);
      return device.token;
    }
    return rememberDevice ? (await this.devices.remember(tx, account.id)).token : null;
  }
}
