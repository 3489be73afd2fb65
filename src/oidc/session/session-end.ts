import type { Context } from 'oidc-provider';
import type { Audit } from '../../audit/audit.service.js';
import type { Database } from '../../platform/database/database.js';
import type { PublicAddresses } from '../../platform/http/public-addresses.js';
import type { Sessions } from '../../sessions/sessions.service.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';

/** Signing out at the request of an application: the session ends, and with it what all applications got in it. */
export class SessionEnd {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
    private readonly addresses: PublicAddresses,
  ) {}

  async signOut(ctx: Context, issuer: Issuer, sessionId: string, userId: string): Promise<void> {
    const { origin } = notesOf(ctx);
    await duringProtocol(() =>
      this.database.forOrganization(issuer.id, async (tx) => {
        if (!(await this.sessions.end(tx, sessionId, userId))) return;
        const change = { user: userId, application: ctx.oidc.client?.clientId ?? null };
        await this.audit.record(
          tx,
          { kind: 'anonymous', origin },
          'session.ended',
          { type: 'session', id: sessionId },
          change,
        );
      }),
    );
    ctx.cookies.set(this.addresses.sessionCookie(issuer.slug), null, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: this.addresses.isSecure,
      signed: false,
    });
  }
}
