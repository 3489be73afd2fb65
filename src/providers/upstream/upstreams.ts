import { Injectable } from '@nestjs/common';
import { Outbound } from '../../platform/outbound/outbound.js';
import type { ProviderType, UpstreamTokens } from '../provider.types.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { GithubClient } from './github-client.js';
import { GoogleClient } from './google-client.js';
import { type AttemptStep, Journal } from './journal.js';
import { MicrosoftClient } from './microsoft-client.js';
import { Oauth2Client } from './oauth2-client.js';
import { OidcClient } from './oidc-client.js';
import { requestTokens, tokensOf } from './token-requests.js';
import type {
  Departure,
  Return,
  Testimony,
  Ticket,
  UpstreamClient,
  UpstreamProvider,
} from './upstream-client.js';

/** Talks to providers of every type, each in its way, and leaves those alone that do not answer. */
@Injectable()
export class Upstreams {
  readonly #clients: Readonly<Partial<Record<ProviderType, UpstreamClient>>>;

  constructor(
    private readonly outbound: Outbound,
    private readonly breakers: CircuitBreakers,
    google: GoogleClient,
    github: GithubClient,
    microsoft: MicrosoftClient,
    oidc: OidcClient,
    oauth2: Oauth2Client,
  ) {
    this.#clients = { google, github, microsoft, oidc, oauth2 };
  }

  journal(earlier: readonly AttemptStep[] = []): Journal {
    return new Journal(this.outbound, earlier);
  }

  /** @throws UpstreamFailure */
  depart(provider: UpstreamProvider, departure: Departure, journal: Journal): Promise<Ticket> {
    return this.breakers.guard(provider.id, () =>
      this.clientOf(provider).depart(provider, departure, journal),
    );
  }

  /** @throws UpstreamFailure */
  arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony> {
    return this.breakers.guard(provider.id, () => this.clientOf(provider).arrive(provider, back, journal));
  }

  /** With a refresh token; one that does not come anew stays. @throws UpstreamFailure */
  renew(provider: UpstreamProvider, refreshToken: string, journal: Journal): Promise<UpstreamTokens> {
    return this.breakers.guard(provider.id, async () => {
      const endpoint = await this.clientOf(provider).tokenEndpoint(provider, journal);
      const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const answer = await requestTokens(provider, endpoint, grant, journal);
      return tokensOf({ refresh_token: refreshToken, ...answer }, provider.scopes);
    });
  }

  private clientOf({ type }: UpstreamProvider): UpstreamClient {
    const client = this.#clients[type];
    if (client === undefined) throw new Error(`nobody speaks to providers of the type "${type}"`);
    return client;
  }
}
