import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { issueToken, parseToken, type TokenKind } from '../platform/crypto/secret-token.js';
import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import type { ApplicationSettings, ApplicationType, RegisteredApplication } from './application.types.js';
import { settingsOf } from './application-administration.service.js';
import { targetOf } from './application-changes.service.js';
import { deviceCodeGrant, tokenExchangeGrant } from './application-kinds.rules.js';
import { ApplicationCreation } from './application-creation.service.js';
import { deleteSecrets } from './application-secrets.queries.js';
import {
  type ApplicationRow,
  deleteApplication,
  findApplication,
  findByRegistrationAccess,
  lockApplication,
  updateApplication,
} from './applications.queries.js';
import { decideNewSettings, differenceOf, losesSecrets } from './applications.rules.js';
import { Applications } from './applications.service.js';
import { readPublicJwks } from './public-keys.js';
import { takeUse } from './registration-tokens.queries.js';

/** What is for those who administer the organization, whatever an application says of itself. */
type Reserved =
  | 'requirePkce'
  | 'consent'
  | 'allowedScopes'
  | 'accessTokenFormat'
  | 'accessTokenSeconds'
  | 'idTokenSeconds'
  | 'refreshIdleSeconds'
  | 'refreshAbsoluteSeconds'
  | 'refreshGraceSeconds';

/** What an application says of itself (RFC 7591, section 2); keys come as any JSON. */
export type SelfDescription = Partial<Omit<ApplicationSettings, Reserved | 'allowedOrigins' | 'jwks'>> & {
  jwks?: object | null;
  /** Scopes that it wants; of those that the token does not allow it gets none. */
  scopes?: readonly string[];
};

export interface SelfRegistered {
  readonly application: RegisteredApplication;
  /** Null where it proves itself without one. */
  readonly clientSecret: string | null;
  /** With which it reads, changes and removes itself (RFC 7592). */
  readonly registrationAccessToken: string;
}

/**
 * Applications that register themselves. Always with consent, PKCE and the scopes that the token allows: an administrator
 * can change that afterwards, the application cannot. Machines are not made this way: nobody would have given them roles.
 */
@Injectable()
export class DynamicRegistrations {
  readonly #isDevelopment: boolean;

  constructor(
    @Inject(CONFIG) { server }: Config,
    private readonly applications: Applications,
    private readonly creation: ApplicationCreation,
    private readonly audit: Audit,
  ) {
    this.#isDevelopment = server.environment !== 'production';
  }

  /**
   * Takes one use of the registration token. What is refused afterwards gives it back with the transaction.
   *
   * @returns null for a token that is wrong, foreign, used up or over
   * @throws Problem `invalid_request` with pointers such as `/redirectUris/0`, `limit_reached`
   */
  async registerDynamically(
    tx: Transaction,
    caller: Anonymous,
    registrationToken: string,
    type: Exclude<ApplicationType, 'machine'>,
    description: SelfDescription,
  ): Promise<SelfRegistered | null> {
    const tokenHash = hashOf(tx, 'registration', registrationToken);
    const used = tokenHash === null ? null : await takeUse(tx, tokenHash);
    if (used === null) return null;
    const allowedScopes =
      description.scopes === undefined
        ? used.allowedScopes
        : used.allowedScopes.filter((name) => description.scopes!.includes(name));
    const settings = decideNewSettings(
      type,
      { ...inputOf(description), requirePkce: true, consent: 'required', allowedScopes },
      this.#isDevelopment,
    );
    requireNoExchange(settings.grantTypes);
    requireOwnSector(settings);
    const { token, tokenHash: registrationAccessHash } = issueToken('registration-access', tx.organizationId);
    const { id, clientSecret } = await this.creation.create(tx, {
      type,
      settings,
      createdBy: null,
      registrationAccessHash,
    });
    const change = { registrationToken: used.id, type, ...settings };
    await this.audit.record(tx, caller, 'application.registered', targetOf(id), change);
    const application = await this.applications.registered(tx, (await findApplication(tx, id))!);
    return { application, clientSecret, registrationAccessToken: token };
  }

  /** What belongs to a registration access token, while the application is active; null otherwise. */
  async findDynamic(
    tx: Transaction,
    clientId: string,
    registrationAccessToken: string,
  ): Promise<RegisteredApplication | null> {
    const row = await this.rowOf(tx, clientId, registrationAccessToken);
    return row === null ? null : this.applications.registered(tx, row);
  }

  /**
   * Makes this what the application says of itself (RFC 7592, section 2.2: what is left out is the usual again).
   *
   * @returns null where the token is not its own
   * @throws Problem `invalid_request`
   */
  async updateDynamic(
    tx: Transaction,
    caller: Anonymous,
    clientId: string,
    registrationAccessToken: string,
    description: SelfDescription,
  ): Promise<Omit<SelfRegistered, 'registrationAccessToken'> | null> {
    const row = await this.lockedRowOf(tx, clientId, registrationAccessToken);
    if (row === null) return null;
    const before = settingsOf(row);
    const settings = decideNewSettings(
      row.type,
      { ...inputOf(description), ...reservedOf(before) },
      this.#isDevelopment,
    );
    if (!before.grantTypes.includes(tokenExchangeGrant)) requireNoExchange(settings.grantTypes);
    requireOwnSector(settings);
    const difference = differenceOf(before, settings);
    let clientSecret: string | null = null;
    if (difference !== null) {
      await updateApplication(tx, row.id, difference.after, null);
      if (losesSecrets(before, settings)) await deleteSecrets(tx, row.id);
      // The other way round it needs one.
      if (losesSecrets(settings, before))
        ({ clientSecret } = await this.creation.addSecret(tx, row.id, null, null));
      await this.audit.record(tx, caller, 'application.updated', targetOf(row.id), difference);
    }
    const application = await this.applications.registered(tx, (await findApplication(tx, row.id))!);
    return { application, clientSecret };
  }

  /** @returns false where the token is not its own */
  async removeDynamic(
    tx: Transaction,
    caller: Anonymous,
    clientId: string,
    registrationAccessToken: string,
  ): Promise<boolean> {
    const row = await this.lockedRowOf(tx, clientId, registrationAccessToken);
    if (row === null) return false;
    await deleteApplication(tx, row.id);
    const { name, type } = row;
    await this.audit.record(tx, caller, 'application.deleted', targetOf(row.id), { name, type });
    return true;
  }

  private async rowOf(tx: Transaction, clientId: string, token: string): Promise<ApplicationRow | null> {
    const tokenHash = hashOf(tx, 'registration-access', token);
    return tokenHash === null || !isUuid(clientId) ? null : findByRegistrationAccess(tx, clientId, tokenHash);
  }

  private async lockedRowOf(
    tx: Transaction,
    clientId: string,
    token: string,
  ): Promise<ApplicationRow | null> {
    if (isUuid(clientId)) await lockApplication(tx, clientId);
    return this.rowOf(tx, clientId, token);
  }
}

/** With tokens of others it would act for people who were never asked; an administrator may let it. */
function requireNoExchange(grantTypes: readonly string[]): void {
  if (grantTypes.includes(tokenExchangeGrant))
    raiseInvalid([{ pointer: '/grantTypes', detail: `must not have ${tokenExchangeGrant}` }]);
}

/**
 * Under the sector of somebody else it would learn whom they know. That a host is its own is proven by where its codes
 * go; what a device gets goes nowhere.
 */
function requireOwnSector({ subjectType, grantTypes }: ApplicationSettings): void {
  if (subjectType === 'pairwise' && grantTypes.includes(deviceCodeGrant))
    raiseInvalid([
      { pointer: '/grantTypes', detail: `must not have ${deviceCodeGrant} with pairwise subjects` },
    ]);
}

/** A token of another organization is none here. */
function hashOf(tx: Transaction, kind: TokenKind, token: string): Buffer | null {
  const reference = parseToken(kind, token);
  return reference?.organizationId === tx.organizationId ? reference.tokenHash : null;
}

function inputOf({ jwks, scopes: _scopes, ...description }: SelfDescription): Partial<ApplicationSettings> {
  return { ...description, ...(jwks !== undefined && { jwks: jwks === null ? null : readPublicJwks(jwks) }) };
}

function reservedOf(settings: ApplicationSettings): Pick<ApplicationSettings, Reserved> {
  const { requirePkce, consent, allowedScopes, accessTokenFormat, accessTokenSeconds } = settings;
  const { idTokenSeconds, refreshIdleSeconds, refreshAbsoluteSeconds, refreshGraceSeconds } = settings;
  return {
    requirePkce,
    consent,
    allowedScopes,
    accessTokenFormat,
    accessTokenSeconds,
    idTokenSeconds,
    refreshIdleSeconds,
    refreshAbsoluteSeconds,
    refreshGraceSeconds,
  };
}
