import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { Principals } from '../platform/access/principals.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Sessions } from '../sessions/sessions.service.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { type ProvenPerson, SessionStart } from '../sign-in/session-start.service.js';
import type { SignInAttempt } from '../sign-in/sign-in-attempts.service.js';
import type { BrowserSession, Traveller } from './sign-in-flow.types.js';

/**
 * One browser has one session in an organization. Who signs in again proves it anew and keeps it, with all that belongs to it;
 * who signs in as somebody else ends it.
 */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly principals: Principals,
    private readonly sessions: Sessions,
    private readonly sessionStart: SessionStart,
    private readonly limits: AttemptLimits,
    private readonly audit: Audit,
  ) {}

  /** Who is signed in in this browser. */
  async current({
    visitor,
    organization,
    sessionToken,
  }: Pick<Traveller, 'visitor' | 'organization' | 'sessionToken'>): Promise<Actor | null> {
    const actor = sessionToken === null ? null : await this.principals.find(sessionToken, visitor.origin);
    return actor?.kind === 'session' && actor.organization.id === organization.id ? actor : null;
  }

  /**
   * @param current who was signed in when the request came in
   * @returns null when the person may not have a session any more
   */
  async open(
    tx: Transaction,
    { visitor, organization }: Pick<Traveller, 'visitor' | 'organization'>,
    current: Actor | null,
    person: ProvenPerson,
    counters: SignInAttempt['counters'] | null = null,
  ): Promise<BrowserSession | null> {
    const kept = current?.userId === person.account.id ? await this.keep(tx, visitor, current, person) : null;
    if (kept !== null) {
      if (counters !== null) await this.limits.succeed(tx, counters.guesses, counters.address);
      return { ...kept, organizationSlug: organization.slug, userId: person.account.id, device: null };
    }
    const started = await this.sessionStart.begin(tx, visitor, person, counters);
    if (started === null) return null;
    if (current !== null) await this.end(tx, current);
    const { token, session, endsAt, device } = started;
    return { organizationSlug: organization.slug, token, session, userId: person.account.id, endsAt, device };
  }

  /** Of a browser whose person has gone, or become another one. */
  async end(tx: Transaction, actor: Actor): Promise<void> {
    const id = actor.credentialId;
    if (await this.sessions.end(tx, id, actor.userId))
      await this.audit.record(tx, actor, 'session.ended', { type: 'session', id });
  }

  private async keep(
    tx: Transaction,
    visitor: Anonymous,
    { credentialId: sessionId, userId }: Actor,
    { methods, password }: ProvenPerson,
  ) {
    const renewed = await this.sessions.reauthenticate(tx, {
      sessionId,
      userId,
      methods,
      provenHash: password?.provenHash ?? null,
    });
    if (renewed !== null)
      await this.audit.record(
        tx,
        visitor,
        'session.reauthenticated',
        { type: 'session', id: sessionId },
        { user: userId, methods },
      );
    return renewed;
  }
}
