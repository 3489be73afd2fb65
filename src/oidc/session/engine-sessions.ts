import { randomUUID } from 'node:crypto';
import type { Context, Provider, Session, SessionAuthorization } from 'oidc-provider';
import { parseToken } from '../../platform/crypto/secret-token.js';
import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import { contextClassOf } from './authentication-context.rules.js';
import type { BrowserState } from './browser-state.js';
import {
  type BrowserSessionRow,
  forgetApplication,
  readBrowserSession,
  rememberApplication,
} from './browser-sessions.queries.js';
import type { SessionEnd } from './session-end.js';

interface Remembered {
  readonly authorizations: string;
  readonly state: string | undefined;
}

const remembered = Symbol('remembered');

interface OurSession extends Session {
  [remembered]: Remembered;
}

/**
 * Makes our session rows the only sessions of an instance: what the browser's own cookie stands for is what the engine
 * sees, and it sets no cookie of its own. It learns nothing that outlives the request.
 */
export function useOurSessions(
  provider: Provider,
  issuer: Issuer,
  { database, state, end }: { database: Database; state: BrowserState; end: SessionEnd },
): void {
  const { Session, Client } = provider;

  // By it whoever comes to sign out is recognized. Each application knows the session by another name.
  Client.prototype.includeSid = () => true;

  Session.get = async (ctx: Context) => {
    // The engine would hand out an identifier of its own; this object writes that cookie and nothing else.
    ctx.oidc.cookies.set = () => undefined;
    const { sessionToken } = notesOf(ctx);
    const reference = sessionToken === null ? null : parseToken('session', sessionToken);
    const row =
      reference?.organizationId === issuer.id
        ? (known(ctx, reference.tokenHash) ??
          (await read(database, issuer, { tokenHash: reference.tokenHash })))
        : null;
    const session = Session.instantiate(row === null ? undefined : payloadOf(row)) as OurSession;
    const kept = state.read(ctx, issuer, row?.id ?? null);
    if (kept !== undefined) session.state = kept;
    session[remembered] = snapshot(session);
    ctx.oidc.entity('Session', session);
    return session;
  };

  Session.findByUid = async (uid: string) => {
    const row = await read(database, issuer, { id: uid });
    return row === null ? undefined : Session.instantiate(payloadOf(row));
  };

  const ours: Partial<OurSession> & ThisType<OurSession> = {
    async save() {
      const before = this[remembered];
      const now = snapshot(this);
      const sessionId = this.accountId === undefined ? null : this.uid;
      if (sessionId !== null && now.authorizations !== before.authorizations)
        await saveApplications(database, issuer, sessionId, before.authorizations, this.authorizations ?? {});
      if (now.state !== before.state) state.write(engine().Provider.ctx!, issuer, sessionId, this.state);
      this[remembered] = now;
      this.touched = false;
      return this.jti;
    },
    async destroy() {
      if (this.accountId !== undefined)
        await end.signOut(engine().Provider.ctx!, issuer, this.uid, this.accountId);
      state.write(engine().Provider.ctx!, issuer, null, undefined);
      this.destroyed = true;
    },
  };
  Object.assign(Session.prototype, ours, {
    persist(this: OurSession) {
      return this.save();
    },
    // Access tokens name it too, and what is read back from them is an id.
    ensureClientContainer(this: OurSession, clientId: string) {
      if (this.sidFor(clientId) === undefined) this.sidFor(clientId, randomUUID());
    },
    // Identifiers change where people sign in, and there the browser gets a new cookie.
    resetIdentifier() {},
  });
}

/** As it was read with the request. */
function known(ctx: Context, tokenHash: Buffer): BrowserSessionRow | null {
  const { asked, known: found } = notesOf(ctx);
  if (found.session === null || asked.sessionHash?.equals(tokenHash) !== true) return null;
  const { auth_time: authTime, ends_at: endsAt, ...others } = found.session;
  return { ...others, auth_time: new Date(authTime), ends_at: new Date(endsAt) };
}

function payloadOf(row: BrowserSessionRow): object {
  return {
    jti: row.id,
    uid: row.id,
    accountId: row.user_id,
    loginTs: Math.floor(row.auth_time.getTime() / 1_000),
    amr: row.amr,
    acr: contextClassOf(row.amr),
    exp: Math.floor(row.ends_at.getTime() / 1_000),
    authorizations: row.applications,
  };
}

const snapshot = ({ authorizations, state }: Session): Remembered => ({
  authorizations: JSON.stringify(authorizations ?? {}),
  state: state && JSON.stringify(state),
});

function read(
  database: Database,
  issuer: Issuer,
  key: { tokenHash: Buffer } | { id: string },
): Promise<BrowserSessionRow | null> {
  return duringProtocol(() => readBrowserSession(database, issuer.id, key));
}

async function saveApplications(
  database: Database,
  issuer: Issuer,
  sessionId: string,
  before: string,
  now: Record<string, SessionAuthorization>,
): Promise<void> {
  const known = JSON.parse(before) as Record<string, SessionAuthorization>;
  for (const [applicationId, { sid, grantId = null }] of Object.entries(now)) {
    const { sid: knownSid, grantId: knownGrant = null } = known[applicationId] ?? {};
    if (sid === undefined || (sid === knownSid && grantId === knownGrant)) continue;
    await duringProtocol(() =>
      rememberApplication(database, issuer.id, sessionId, applicationId, { sid, grantId }),
    );
  }
  for (const applicationId of Object.keys(known)) {
    if (now[applicationId] === undefined)
      await duringProtocol(() => forgetApplication(database, issuer.id, sessionId, applicationId));
  }
}
