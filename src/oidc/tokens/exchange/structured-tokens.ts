import type { Database } from '../../../platform/database/database.js';
import type { CredentialLookup } from '../../../sessions/credential-lookup.service.js';
import { duringProtocol } from '../../failures.js';
import { findGrantOf } from '../../grants/grants.queries.js';
import type { Issuer } from '../../issuer.types.js';
import type { Actor } from '../token-actors.js';
import type { Subject } from './subject.types.js';

interface Claims {
  readonly sub?: string;
  readonly client_id?: string;
  readonly sid?: string;
  readonly aud?: string | string[];
  readonly scope?: string;
  readonly amr?: readonly string[];
  readonly auth_time?: number;
  readonly act?: Actor;
  readonly cnf?: object;
}

/** Our own JWT access tokens, verified and alive as everywhere that they are taken. */
export class StructuredTokens {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialLookup,
  ) {}

  async find(issuer: Issuer, text: string): Promise<Subject | null> {
    const found = await this.verified(issuer, text);
    if (found === null || found.userId === null) return null;
    const { sid, client_id: applicationId, aud, scope, amr = [], auth_time: at = 0, act, cnf } = found.claims;
    if (sid === undefined || applicationId === undefined || cnf !== undefined) return null;
    const grant = await duringProtocol(() =>
      this.database.forOrganization(issuer.id, (tx) => findGrantOf(tx, found.id, applicationId)),
    );
    if (grant === null) return null;
    return {
      userId: found.userId,
      applicationId,
      sessionId: found.id,
      grantId: grant.id,
      audience: typeof aud === 'string' ? aud : null,
      scopes: scope?.split(' ') ?? [],
      authentication: { methods: amr, at: new Date(at * 1_000), endsAt: grant.endsAt },
      ...(act && { actor: act }),
    };
  }

  async holderOf(issuer: Issuer, text: string): Promise<{ subject: string; applicationId: string } | null> {
    const { claims } = (await this.verified(issuer, text)) ?? {};
    if (claims?.sub === undefined || claims.client_id === undefined) return null;
    return { subject: claims.sub, applicationId: claims.client_id };
  }

  private async verified(
    issuer: Issuer,
    text: string,
  ): Promise<{ id: string; userId: string | null; claims: Claims } | null> {
    if (!text.startsWith('ey')) return null;
    const found = await duringProtocol(() => this.credentials.findSubject(text));
    return found?.orgId === issuer.id ? { id: found.id, userId: found.userId, claims: claimsOf(text) } : null;
  }
}

/** Of a token that has been verified. */
const claimsOf = (text: string): Claims =>
  JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as Claims;
