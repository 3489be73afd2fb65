import type { Context, Grant } from 'oidc-provider';
import type { Database } from '../../platform/database/database.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { asksNobody } from '../store/application-metadata.rules.js';
import { type Allowed, nothingAllowed } from './allowance.rules.js';
import { findConsent } from './consents.queries.js';

/**
 * What an application may do in a session: what its grant there says, what the person has allowed it before, and for the
 * organization's own applications whatever they ask for.
 */
export class SessionGrants {
  constructor(private readonly database: Database) {}

  async of(ctx: Context, issuer: Issuer): Promise<Grant> {
    const { oidc } = ctx;
    const { clientId } = oidc.client!;
    const userId = oidc.account!.accountId;
    const grantId = oidc.result?.consent?.grantId ?? oidc.session!.grantIdFor(clientId);
    const known = grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId);
    const grant = known ?? new oidc.provider.Grant({ accountId: userId, clientId });
    const before = JSON.stringify([grant.openid, grant.resources]);
    if (known === undefined) {
      const consent = await duringProtocol(() =>
        this.database.forOrganization(issuer.id, (tx) => findConsent(tx, userId, clientId)),
      );
      add(grant, consent ?? nothingAllowed);
    }
    if (asksNobody(oidc.client!)) add(grant, requested(ctx));
    if (known === undefined || JSON.stringify([grant.openid, grant.resources]) !== before) await grant.save();
    return grant;
  }
}

/** Everything that this request asks for, as far as there is such a thing. */
function requested({ oidc }: Context): Allowed {
  const resources = Object.entries(oidc.resourceServers).map(([identifier, resource]) => [
    identifier,
    [...oidc.requestParamScopes].filter((scope) => resource.scopes.has(scope)),
  ]);
  return {
    scopes: [...oidc.requestParamOIDCScopes],
    claims: [...oidc.requestParamClaims],
    resources: Object.fromEntries(resources) as Allowed['resources'],
  };
}

export function add(grant: Grant, { scopes, claims, resources }: Allowed): void {
  if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '));
  if (claims.length > 0) grant.addOIDCClaims([...claims]);
  for (const [identifier, names] of Object.entries(resources))
    if (names.length > 0) grant.addResourceScope(identifier, names.join(' '));
}
