import type { CryptoKey, TokenEndpointResponse } from 'oauth4webapi';

export type Parameters = Record<string, string>;

export interface Authentication {
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  readonly secret?: string;
  readonly key?: CryptoKey;
}

export interface CodeRequest {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

export interface Tokens {
  readonly response: TokenEndpointResponse;
  /** Of the id token, when all its checks were passed. */
  readonly claims: Record<string, unknown> | undefined;
}

export interface ShownCode {
  readonly deviceCode: string;
  readonly address: string;
}

/** An application, as far as its library goes. Every failure is the library's own, with `error` or `status`. */
export interface LibraryClient {
  codeRequest(parameters?: Parameters, options?: { isPushed?: boolean }): Promise<CodeRequest>;
  redeem(request: CodeRequest, callback: URL): Promise<Tokens>;
  refresh(refreshToken: string, parameters?: Parameters): Promise<Tokens>;
  clientCredentials(parameters?: Parameters): Promise<Tokens>;
  beginDevice(parameters: Parameters): Promise<ShownCode>;
  /** Once. */
  askForDevice(deviceCode: string): Promise<Tokens>;
  grant(type: string, parameters: Parameters): Promise<Tokens>;
  userinfo(accessToken: string, subject: string): Promise<Record<string, unknown>>;
  introspect(token: string): Promise<Record<string, unknown>>;
  revoke(token: string): Promise<void>;
  endSession(parameters: Parameters): URL;
}

export interface ClientOptions {
  /** Proofs of a key of its own go along with every request for and with a token. */
  readonly bindsTokens?: boolean;
}

/** One of the libraries that the product is tried with; unmodified, apart from that the tests go without TLS. */
export interface ClientLibrary {
  readonly name: string;
  connect(
    issuer: URL,
    clientId: string,
    authentication: Authentication,
    options?: ClientOptions,
  ): Promise<LibraryClient>;
  /** Registers it there first. */
  register(issuer: URL, metadata: object, initialAccessToken: string): Promise<LibraryClient>;
}

export const redirectUri = 'https://party.example/callback';
export const afterSignOutUri = 'https://party.example/signed-out';
