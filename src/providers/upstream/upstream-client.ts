import type { ClaimMapping, ProviderType, UpstreamTokens } from '../provider.types.js';
import type { Journal } from './journal.js';

/** A provider with everything that it takes to talk to it. */
export interface UpstreamProvider {
  readonly id: string;
  readonly name: string;
  readonly type: ProviderType;
  readonly version: number;
  readonly issuer: string | null;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  readonly claimMapping: ClaimMapping;
}

/** What binds an answer to the request: this sign-in, and no other. */
export interface Binding {
  readonly callbackUrl: string;
  readonly state: string;
  readonly nonce: string;
}

export interface Departure extends Binding {
  /** Who they are going to sign in as, as they said. */
  readonly loginHint: string | null;
  /** Whether they have to show there who they are, although they may be signed in there. */
  readonly mustProve: boolean;
}

/** Where to send somebody, and what to keep until they are back. */
export interface Ticket {
  readonly address: string;
  /** Of PKCE. */
  readonly verifier: string;
}

export interface Return extends Binding {
  readonly verifier: string;
  /** The parameters that they came back with; `state` is known to be the right one. */
  readonly parameters: URLSearchParams;
}

/** Who the provider says that somebody is, after everything that it sent was checked. */
export interface Testimony {
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly tokens: UpstreamTokens;
}

/** Where tokens are given out, and how a client proves itself there. */
export interface TokenEndpoint {
  readonly address: string;
  readonly method: TokenAuthMethod;
}

export type TokenAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'none';

/** How providers of one type are spoken to. Each throws `UpstreamFailure`. */
export interface UpstreamClient {
  depart(provider: UpstreamProvider, departure: Departure, journal: Journal): Promise<Ticket>;
  arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony>;
  tokenEndpoint(provider: UpstreamProvider, journal: Journal): Promise<TokenEndpoint>;
}
