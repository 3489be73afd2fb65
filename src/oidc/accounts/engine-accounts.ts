import type { Account } from 'oidc-provider';
import type { MediaLinks } from '../../media/media-links.service.js';
import type { Database } from '../../platform/database/database.js';
import type { Scopes } from '../../scopes/scopes.service.js';
import type { ScopeCatalogue } from '../../scopes/scopes.types.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { readPerson } from './people.queries.js';
import { personClaims } from './person-claims.rules.js';

/** People as the engine's accounts. That they are active has been checked by then, with the session or the token. */
export class EngineAccounts {
  constructor(
    private readonly database: Database,
    private readonly scopes: Scopes,
    private readonly media: MediaLinks,
  ) {}

  /** @param allowed claims that the application may be told; null for all */
  async of(
    issuer: Issuer,
    userId: string,
    catalogue: ScopeCatalogue,
    allowed: ReadonlySet<string> | null,
  ): Promise<Account> {
    const told = (all: Record<string, unknown>) =>
      allowed === null
        ? all
        : Object.fromEntries(Object.entries(all).filter(([name]) => name === 'sub' || allowed.has(name)));
    return {
      accountId: userId,
      claims: async (_use, scope, claims) =>
        told(await this.claims(issuer, userId, catalogue, scope, claims)),
    };
  }

  private async claims(
    issuer: Issuer,
    userId: string,
    catalogue: ScopeCatalogue,
    scope: string,
    asked: object,
  ): Promise<Record<string, unknown>> {
    // An id token of a code flow says no more than who it is, which is known.
    if (scope === 'openid' && Object.keys(asked ?? {}).length === 0) return { sub: userId };
    const person = await duringProtocol(() => readPerson(this.database, issuer.id, userId));
    if (person === null) return { sub: userId };
    const own = this.ownClaims(catalogue, scope, asked);
    const hasTransaction = own.length > 0 || person.picture_media_id !== null;
    const [picture, values] = hasTransaction
      ? await duringProtocol(() =>
          this.database.forOrganization(
            issuer.id,
            async (tx) =>
              [
                person.picture_media_id && this.media.addressOf(tx, person.picture_media_id),
                await this.scopes.valuesOf(tx, userId, own),
              ] as const,
          ),
        )
      : [null, {}];
    // Claims of the product stand behind those of the organization, so that nothing there takes their place.
    return { ...values, ...personClaims(person, issuer, picture), sub: userId };
  }

  private ownClaims(catalogue: ScopeCatalogue, scope: string, asked: object) {
    const scopes = new Set(scope.split(' '));
    const names = new Set([
      ...catalogue.scopes.filter(({ name }) => scopes.has(name)).flatMap(({ claims }) => claims),
      ...Object.keys(asked ?? {}),
    ]);
    return catalogue.claims.filter(({ name }) => names.has(name));
  }
}
