import { Injectable } from '@nestjs/common';
import { Strategy } from 'passport-google-oauth20';
import type { OutboundAnswer, OutboundRequest } from '../../platform/outbound/outbound.js';
import { UpstreamFailure } from '../upstream-failures.types.js';
import { verifyIdToken } from './id-tokens.js';
import type { Journal } from './journal.js';
import { SigningKeySets } from './signing-key-sets.js';
import { requireIssuer, requireNoError, tokenFailure, tokensOf } from './token-requests.js';
import type {
  Binding,
  Departure,
  Return,
  Testimony,
  TokenEndpoint,
  Ticket,
  UpstreamClient,
  UpstreamProvider,
} from './upstream-client.js';

interface GoogleSettings {
  readonly hostedDomain: string | null;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly userProfileUrl: string;
  readonly jwksUrl: string;
}

/** What the strategy keeps between the two halves of a sign-in is ours to keep: it has no session here. */
interface Store {
  store(request: unknown, verifier: string, state: unknown, meta: unknown, done: Done<string>): void;
  verify(request: unknown, state: string, done: (error: Error | null, ok: string | false) => void): void;
}
type Done<T> = (error: Error | null, value: T) => void;

interface Granted {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
}

const settingsOf = ({ settings }: UpstreamProvider) => settings as unknown as GoogleSettings;

/** Google signs ID tokens under either name (its documentation, "Validating an ID token"). */
const shortIssuer = (issuer: string): string[] => [issuer, issuer.replace(/^https:\/\//, '')];

/**
 * Google, by its passport strategy. One is made for each half of each sign-in, with the organization's own client: nothing of
 * one organization is there when another one's people come.
 */
@Injectable()
export class GoogleClient implements UpstreamClient {
  constructor(private readonly keySets: SigningKeySets) {}

  depart(provider: UpstreamProvider, departure: Departure, journal: Journal): Promise<Ticket> {
    const { promise, resolve, reject } = Promise.withResolvers<Ticket>();
    let kept = '';
    const strategy = this.strategyOf(provider, departure, journal, {
      store: (_request, verifier, _state, _meta, done) => {
        kept = verifier;
        done(null, departure.state);
      },
      verify: (_request, _state, done) => done(null, false),
    });
    strategy.redirect = (address) => resolve({ address, verifier: kept });
    strategy.error = reject;
    strategy.authenticate({ query: {} }, optionsOf(provider, departure));
    return promise;
  }

  async arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony> {
    const { hostedDomain, jwksUrl } = settingsOf(provider);
    const issuer = provider.issuer!;
    requireIssuer(back.parameters, [issuer], false, journal);
    requireNoError(back.parameters, journal);
    const { accessToken, refreshToken, answer, profile } = await this.redeem(provider, back, journal);
    const claims = await verifyIdToken(
      answer['id_token'],
      jwksUrl,
      {
        issuerOf: () => shortIssuer(issuer),
        audience: provider.clientId,
        nonce: back.nonce,
        algorithms: ['RS256', 'ES256'],
      },
      this.keySets,
      journal,
    );
    if (profile['sub'] !== claims['sub']) throw new UpstreamFailure('subject_mismatch');
    if (hostedDomain !== null && claims['hd'] !== hostedDomain)
      throw new UpstreamFailure('hosted_domain_refused', `The domain is ${String(claims['hd'] ?? 'none')}`);
    const tokens = tokensOf(
      { ...answer, access_token: accessToken, refresh_token: refreshToken },
      provider.scopes,
    );
    return { issuer, claims: { ...profile, ...claims }, tokens };
  }

  async tokenEndpoint(provider: UpstreamProvider): Promise<TokenEndpoint> {
    return { address: settingsOf(provider).tokenUrl, method: 'client_secret_post' };
  }

  private redeem(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Granted> {
    const { promise, resolve, reject } = Promise.withResolvers<Granted>();
    const strategy = this.strategyOf(
      provider,
      back,
      journal,
      {
        store: (_request, _verifier, _state, _meta, done) => done(new Error('nobody is sent away now'), ''),
        verify: (_request, state, done) => done(null, state === back.state ? back.verifier : false),
      },
      resolve,
    );
    strategy.success = () => undefined;
    strategy.fail = (challenge) =>
      reject(new UpstreamFailure('token_refused', JSON.stringify(challenge ?? null)));
    strategy.error = (error) => reject(failureOf(error));
    strategy.redirect = () => reject(new UpstreamFailure('upstream_unreadable', 'It sent no code'));
    const { parameters } = back;
    strategy.authenticate({ query: Object.fromEntries(parameters) }, {});
    return promise;
  }

  private strategyOf(
    provider: UpstreamProvider,
    { callbackUrl, nonce }: Binding,
    journal: Journal,
    store: Store,
    granted: (granted: Granted) => void = () => undefined,
  ): Strategy {
    const { authorizationUrl, tokenUrl, userProfileUrl } = settingsOf(provider);
    const strategy = new Strategy(
      {
        clientID: provider.clientId,
        clientSecret: provider.clientSecret ?? '',
        callbackURL: callbackUrl,
        authorizationURL: authorizationUrl,
        tokenURL: tokenUrl,
        userProfileURL: userProfileUrl,
        scope: [...provider.scopes],
        pkce: 'S256',
        state: true,
        store,
      },
      (accessToken, refreshToken, answer, profile, done) => {
        granted({ accessToken, refreshToken, answer, profile: profile._json });
        done(null, {});
      },
    );
    const parametersOf = strategy.authorizationParams.bind(strategy);
    strategy.authorizationParams = (options) => ({ ...parametersOf(options), nonce });
    const { _oauth2: oauth } = strategy;
    // In an address it would stand in logs.
    oauth.useAuthorizationHeaderforGET(true);
    oauth._request = (method, address, headers, body, _accessToken, done) => {
      const step = address.startsWith(tokenUrl) ? 'token' : 'user_info';
      const request: OutboundRequest = { method, headers: headers ?? {}, ...(body ? { body } : {}) };
      // It trips over answers such as "null".
      passOn(journal.send(step, address, request), done).catch((error: Error) => strategy.error(error));
    };
    return strategy;
  }
}

async function passOn(
  sent: Promise<OutboundAnswer>,
  done: (error: unknown, body?: string, response?: { statusCode: number }) => void,
): Promise<void> {
  let answer: OutboundAnswer;
  try {
    answer = await sent;
  } catch (error) {
    return done(error);
  }
  const { status: statusCode, body } = answer;
  return statusCode < 300
    ? done(null, body.toString(), { statusCode })
    : done({ statusCode, data: body.toString() });
}

function optionsOf(provider: UpstreamProvider, { loginHint, mustProve }: Departure): Record<string, unknown> {
  const { hostedDomain } = settingsOf(provider);
  return {
    ...(loginHint !== null && { loginHint }),
    // It knows no way to ask for the password again (its documentation, "prompt").
    ...(mustProve && { prompt: 'select_account' }),
    ...(hostedDomain !== null && { hostedDomain }),
  };
}

/** The strategy wraps what its requests throw, and has errors of its own for what Google answers. */
function failureOf(error: Error & { oauthError?: unknown; code?: unknown }): unknown {
  if (error instanceof UpstreamFailure) return error;
  if (error.oauthError instanceof UpstreamFailure) return error.oauthError;
  if (error.name === 'TokenError')
    return tokenFailure({ error: error.code, error_description: error.message });
  return new UpstreamFailure('upstream_unreadable', error.message, { cause: error });
}
