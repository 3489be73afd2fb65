import { Injectable } from '@nestjs/common';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  fetchUserInfo,
  None,
  randomPKCECodeVerifier,
  ResponseBodyError,
  type TokenEndpointResponse,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { UpstreamFailure } from '../upstream-failures.types.js';
import type { DiscoveryDocument } from './discovery.rules.js';
import { DiscoveryDocuments } from './discovery-documents.js';
import {
  diagnoseIdToken,
  type ExpectedIdToken,
  idTokenAlgorithms,
  readIdToken,
  refuse,
  verifyIdToken,
} from './id-tokens.js';
import type { Journal, StepName } from './journal.js';
import { SigningKeySets } from './signing-key-sets.js';
import { requireIssuer, requireNoError, tokenFailure, tokensOf } from './token-requests.js';
import type {
  Departure,
  Return,
  Testimony,
  TokenAuthMethod,
  TokenEndpoint,
  Ticket,
  UpstreamClient,
  UpstreamProvider,
} from './upstream-client.js';

interface OidcSettings {
  readonly tokenAuthMethod: TokenAuthMethod | null;
  readonly acrValues: readonly string[];
  readonly readsUserInfo: boolean;
}

const settingsOf = ({ settings }: UpstreamProvider) => settings as unknown as OidcSettings;

/** Any OpenID Provider, found by its issuer alone. */
@Injectable()
export class OidcClient implements UpstreamClient {
  constructor(
    private readonly documents: DiscoveryDocuments,
    private readonly keySets: SigningKeySets,
  ) {}

  async depart(provider: UpstreamProvider, departure: Departure, journal: Journal): Promise<Ticket> {
    const document = await this.documents.read(provider.issuer!, journal);
    const { acrValues } = settingsOf(provider);
    const verifier = randomPKCECodeVerifier();
    const url = buildAuthorizationUrl(configurationOf(provider, document, journal), {
      redirect_uri: departure.callbackUrl,
      scope: provider.scopes.join(' '),
      state: departure.state,
      nonce: departure.nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(departure.loginHint !== null && { login_hint: departure.loginHint }),
      ...(departure.mustProve && { prompt: 'login' }),
      ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    });
    return { address: url.href, verifier };
  }

  async arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony> {
    const document = await this.documents.read(provider.issuer!, journal);
    const alwaysSays = document.authorization_response_iss_parameter_supported === true;
    requireIssuer(back.parameters, [document.issuer], alwaysSays, journal);
    requireNoError(back.parameters, journal);
    const expected: ExpectedIdToken = {
      issuerOf: () => document.issuer,
      audience: provider.clientId,
      nonce: back.nonce,
      algorithms: algorithmsOf(document),
    };
    const configuration = configurationOf(provider, document, journal);
    const answer = await this.exchange(configuration, back, expected, journal);
    const claims = await verifyIdToken(answer.id_token, document.jwks_uri, expected, this.keySets, journal);
    const more = await this.userInfo(
      provider,
      document,
      configuration,
      answer,
      String(claims['sub']),
      journal,
    );
    // What is signed goes before what is not.
    return {
      issuer: document.issuer,
      claims: { ...more, ...claims },
      tokens: tokensOf(answer, provider.scopes),
    };
  }

  async tokenEndpoint(provider: UpstreamProvider, journal: Journal): Promise<TokenEndpoint> {
    const document = await this.documents.read(provider.issuer!, journal);
    return { address: document.token_endpoint, method: methodOf(provider, document) };
  }

  private async exchange(
    configuration: Configuration,
    { parameters, callbackUrl, state, nonce, verifier }: Return,
    expected: ExpectedIdToken,
    journal: Journal,
  ): Promise<TokenEndpointResponse> {
    const url = new URL(callbackUrl);
    url.search = parameters.toString();
    try {
      return await authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
    } catch (error) {
      throw this.explain(error, expected, journal);
    }
  }

  /** The library says that something is wrong with the ID token; what, it says to programmers only. */
  private explain(error: unknown, expected: ExpectedIdToken, journal: Journal): unknown {
    const known = failureIn(error);
    if (known !== null) return known;
    const answer = journal.lastAnswer as { access_token?: unknown; id_token?: unknown } | null;
    if (typeof answer?.access_token !== 'string' || !(error instanceof ClientError)) return unreadable(error);
    try {
      const { header, claims } = readIdToken(answer.id_token, journal);
      const code = diagnoseIdToken(header, claims, expected);
      return code === null ? unreadable(error) : refuse(code, journal, error);
    } catch (failure) {
      return failure;
    }
  }

  private async userInfo(
    provider: UpstreamProvider,
    document: DiscoveryDocument,
    configuration: Configuration,
    { access_token: accessToken }: TokenEndpointResponse,
    subject: string,
    journal: Journal,
  ): Promise<Record<string, unknown>> {
    if (!settingsOf(provider).readsUserInfo || document.userinfo_endpoint === undefined) return {};
    try {
      return await fetchUserInfo(configuration, accessToken, subject);
    } catch (error) {
      const known = failureIn(error);
      if (known !== null) throw known;
      const answer = journal.lastAnswer as { sub?: unknown } | null;
      if (typeof answer?.sub === 'string' && answer.sub !== subject) {
        const failure = new UpstreamFailure('subject_mismatch', null, { cause: error });
        journal.note('user_info', false, failure.message);
        throw failure;
      }
      throw unreadable(error);
    }
  }
}

function configurationOf(
  provider: UpstreamProvider,
  document: DiscoveryDocument,
  journal: Journal,
): Configuration {
  const { clientId } = provider;
  const configuration = new Configuration(
    document as never,
    clientId,
    {},
    authenticationOf(provider, document),
  );
  const stepOf = (address: string): StepName =>
    address.startsWith(document.token_endpoint) ? 'token' : 'user_info';
  configuration[customFetch] = journal.fetchFor(stepOf) as never;
  // Whether such an address is called at all is decided where requests are made.
  if (document.issuer.startsWith('http:')) allowInsecureRequests(configuration);
  return configuration;
}

function authenticationOf(provider: UpstreamProvider, document: DiscoveryDocument): ClientAuth {
  const secret = provider.clientSecret ?? '';
  const method = methodOf(provider, document);
  if (method === 'none') return None();
  return method === 'client_secret_basic' ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}

function methodOf(provider: UpstreamProvider, document: DiscoveryDocument): TokenAuthMethod {
  if (provider.clientSecret === null) return 'none';
  // What it leaves out is basic (OpenID Connect Discovery, section 3).
  const offered = document.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const preferred = offered.includes('client_secret_basic') ? 'client_secret_basic' : 'client_secret_post';
  return settingsOf(provider).tokenAuthMethod ?? preferred;
}

function algorithmsOf({ id_token_signing_alg_values_supported: offered }: DiscoveryDocument): string[] {
  return (offered ?? ['RS256']).filter((algorithm) => idTokenAlgorithms.includes(algorithm));
}

/** The library wraps what its requests throw. */
function failureIn(error: unknown): UpstreamFailure | null {
  if (error instanceof ResponseBodyError)
    return tokenFailure({ error: error.error, error_description: error.error_description });
  if (error instanceof WWWAuthenticateChallengeError)
    return new UpstreamFailure(error.status === 401 ? 'client_refused' : 'token_refused', null, {
      cause: error,
    });
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof UpstreamFailure) return cause;
  return null;
}

const unreadable = (cause: unknown): UpstreamFailure =>
  new UpstreamFailure('upstream_unreadable', cause instanceof Error ? cause.message : null, { cause });
