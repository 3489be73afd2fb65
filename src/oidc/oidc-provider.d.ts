/** What this product uses of the protocol engine, which comes without types. */
declare module 'oidc-provider' {
  import type { KeyObject } from 'node:crypto';
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Context {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly oidc: OidcContext;
    readonly method: string;
    readonly path: string;
    readonly params: Record<string, string>;
    readonly cookies: Cookies;
    status: number;
    type: string;
    body: unknown;
    /** False keeps the engine from answering. */
    respond?: boolean;
    redirect(address: string): void;
    get(header: string): string;
    set(header: string, value: string): void;
    remove(header: string): void;
    accepts(...types: string[]): string | false;
  }

  interface Cookies {
    get(name: string, options?: object): string | undefined;
    set(name: string, value: string | null, options?: object): unknown;
  }

  interface OidcContext {
    readonly provider: Provider;
    readonly route: string;
    readonly cookies: { set: (name: string, value: string | null, options?: object) => unknown };
    readonly client?: Client;
    readonly account?: Account;
    readonly grant?: Grant;
    readonly session?: Session;
    readonly params?: Record<string, unknown> & { toPlainObject(): Record<string, unknown> };
    readonly entities: Record<string, unknown>;
    readonly result?: { login?: object; consent?: { grantId?: string }; error?: string };
    readonly requestParamScopes: Set<string>;
    readonly requestParamOIDCScopes: Set<string>;
    readonly requestParamClaims: Set<string>;
    readonly resourceServers: Record<string, ResourceServer>;
    readonly prompts: Set<string>;
    readonly claims: Record<string, unknown>;
    entity(name: string, value: unknown): void;
    getAccessToken(): string;
    promptPending(name: string): boolean;
    urlFor(route: string, options?: object): string;
  }

  export interface Account {
    readonly accountId: string;
    claims(use: string, scope: string, claims: object, rejected: string[]): Promise<Record<string, unknown>>;
  }

  export interface Client {
    readonly clientId: string;
    readonly clientName?: string;
    readonly clientAuthMethod: string;
    readonly applicationType: string;
    readonly subjectType: string;
    readonly sectorIdentifier?: string;
    readonly redirectUris: readonly string[];
    readonly grantTypes: readonly string[];
    readonly scope?: string;
    grantTypeAllowed(type: string): boolean;
    metadata(): Record<string, unknown>;
    [own: string]: unknown;
  }

  /** Anything that the engine stores. */
  export interface Model {
    jti: string;
    readonly kind: string;
    exp?: number;
    iat?: number;
    readonly isExpired: boolean;
    readonly isValid: boolean;
    save(ttl?: number): Promise<string>;
    destroy(): Promise<void>;
    emit(event: string): void;
  }

  export interface Session extends Model {
    uid: string;
    accountId?: string;
    loginTs?: number;
    acr?: string;
    amr?: string[];
    authorizations?: Record<string, SessionAuthorization>;
    state?: Record<string, unknown>;
    touched?: boolean;
    destroyed?: boolean;
    grantIdFor(clientId: string, grantId?: string): string | undefined;
    sidFor(clientId: string, sid?: string): string | undefined;
    ensureClientContainer(clientId: string): void;
  }

  export interface SessionAuthorization {
    sid?: string;
    grantId?: string;
    persistsLogout?: boolean;
  }

  export interface Grant extends Model {
    accountId: string;
    clientId: string;
    openid?: { scope?: string; claims?: string[] };
    resources?: Record<string, string>;
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: string[]): void;
    addResourceScope(resource: string, scope: string): void;
    getOIDCScope(): string;
    getOIDCScopeFiltered(filter: Set<string> | string[]): string;
    getOIDCClaims(): string[];
    getRejectedOIDCClaims(): string[];
    getResourceScope(resource: string): string;
    getResourceScopeFiltered(resource: string, filter: Set<string> | string[]): string;
  }

  export interface Token extends Model {
    accountId?: string;
    clientId?: string;
    grantId?: string;
    sessionUid?: string;
    scope?: string;
    aud?: string | string[];
    resource?: string | string[];
    readonly resourceIndicators: Set<string>;
    sid?: string;
    jkt?: string;
    claims?: object;
    extra?: Record<string, unknown>;
    gty?: string;
    acr?: string;
    amr?: string[];
    authTime?: number;
    iiat?: number;
    format?: string;
    readonly client?: Client;
    resourceServer?: ResourceServer;
    readonly scopes: Set<string>;
    readonly tokenType: string;
    readonly expiration: number;
    setThumbprint(kind: 'jkt', value: string): void;
  }

  export interface DeviceCode extends Token {
    params: Record<string, unknown>;
    error?: string;
    inFlight?: boolean;
  }

  export interface Interaction extends Model {
    uid: string;
    readonly exp: number;
    returnTo: string;
    prompt: { name: string; reasons: string[]; details: Record<string, unknown> };
    params: Record<string, unknown>;
    session?: { accountId: string; uid: string; acr?: string; amr?: string[] };
    lastSubmission?: Record<string, unknown>;
    result?: Record<string, unknown>;
    grantId?: string;
    deviceCode?: string;
  }

  export interface ResourceServer {
    readonly scope?: string;
    readonly scopes: Set<string>;
    readonly accessTokenFormat?: 'opaque' | 'jwt';
    readonly accessTokenTTL?: number;
    identifier(): string;
  }

  export interface ModelClass<Instance> {
    new (payload: object): Instance;
    readonly prototype: Instance & {
      generateTokenId: (this: Instance) => string;
      getValueAndPayload: (this: Instance) => Promise<{ value: string; payload?: object }>;
    };
    find(id: string, options?: { ignoreExpiration?: boolean }): Promise<Instance | undefined>;
  }

  export interface SessionClass extends ModelClass<Session> {
    get: (ctx: Context) => Promise<Session>;
    findByUid: (uid: string) => Promise<Session | undefined>;
    instantiate(payload?: object): Session;
  }

  export interface ClientClass {
    readonly prototype: {
      compareClientSecret: (this: Client, secret: string) => Promise<boolean>;
      backchannelLogout: (this: Client, accountId: string, sid: string) => Promise<void>;
      includeSid: (this: Client) => boolean;
    };
    find(id: string): Promise<Client | undefined>;
  }

  export interface Adapter {
    upsert(id: string, payload: Record<string, unknown>, expiresIn?: number): Promise<void>;
    find(id: string): Promise<Record<string, unknown> | undefined>;
    findByUid(uid: string): Promise<Record<string, unknown> | undefined>;
    findByUserCode(userCode: string): Promise<Record<string, unknown> | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export class Provider extends EventEmitter {
    constructor(issuer: string, configuration: object);
    /** The request that is being answered, wherever in its course. */
    static readonly ctx: Context | undefined;
    readonly issuer: string;
    proxy: boolean;
    readonly Session: SessionClass;
    readonly Grant: ModelClass<Grant>;
    readonly Client: ClientClass;
    readonly Interaction: ModelClass<Interaction>;
    readonly AccessToken: ModelClass<Token>;
    readonly RefreshToken: ModelClass<Token>;
    readonly AuthorizationCode: ModelClass<Token>;
    readonly ClientCredentials: ModelClass<Token>;
    readonly DeviceCode: ModelClass<DeviceCode> & {
      findByUserCode(code: string, options?: { ignoreExpiration?: boolean }): Promise<DeviceCode | undefined>;
    };
    readonly RegistrationAccessToken: ModelClass<Token>;
    readonly InitialAccessToken: ModelClass<Token> & { find: ModelClass<Token>['find'] };
    readonly ReplayDetection: { unique: (issuer: string, id: string, expiresAt: number) => Promise<boolean> };
    readonly ResourceServer: new (identifier: string, info: object) => ResourceServer;
    readonly IdToken: {
      new (
        claims: object,
        options: { client: Client },
      ): {
        mask: object;
        set(claim: string, value: unknown): void;
        issue(options: { use: string }): Promise<string>;
      };
    };
    use(middleware: (ctx: Context, next: () => Promise<void>) => Promise<void>): this;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    registerGrantType(
      name: string,
      handler: (ctx: Context) => Promise<void>,
      params: string[],
      duplicates: string[],
    ): void;
    pathFor(route: string, options?: object): string;
    urlFor(route: string, options?: object): string;
  }

  export default Provider;

  export class ExternalSigningKey {
    kid: string;
    alg: string;
    keyObject(): KeyObject;
    sign(data: Buffer): Buffer | Promise<Buffer>;
  }

  class OidcError extends Error {
    error: string;
    error_description?: string;
    error_detail?: string;
    status: number;
    statusCode: number;
    expose: boolean;
    allow_redirect: boolean;
  }

  export namespace errors {
    class OIDCProviderError extends OidcError {}
    class CustomOIDCProviderError extends OidcError {
      constructor(error: string, description: string);
    }
    class InvalidGrant extends OidcError {
      constructor(detail: string);
    }
    class InvalidToken extends OidcError {
      constructor(detail: string);
    }
    class InvalidRequest extends OidcError {
      constructor(description: string, status?: number);
    }
    class InvalidScope extends OidcError {
      constructor(description: string, scope: string);
    }
    class InvalidTarget extends OidcError {
      constructor(description?: string);
    }
    class InvalidRequestUri extends OidcError {
      constructor(description: string);
    }
    class InvalidClientMetadata extends OidcError {
      constructor(description: string);
    }
    class AccessDenied extends OidcError {
      constructor(description?: string);
    }
    class SlowDown extends OidcError {}
    class TemporarilyUnavailable extends OidcError {
      constructor(description: string);
    }
    class SessionNotFound extends OidcError {
      constructor(description: string);
    }
  }

  interface Check {
    readonly reason: string;
  }

  interface Prompt {
    readonly name: string;
    readonly checks: Check[] & {
      remove(reason: string): void;
      add(check: Check): void;
      get(reason: string): Check;
    };
  }

  export namespace interactionPolicy {
    function base(): Prompt[] & { get(name: string): Prompt; add(prompt: Prompt, index?: number): void };
    const Check: new (
      reason: string,
      description: string,
      error: string,
      check: (ctx: Context) => boolean | Promise<boolean>,
    ) => Check;
    const Prompt: new (options: { name: string; requestable: boolean }, ...checks: Check[]) => Prompt;
  }
}
