import { Injectable } from '@nestjs/common';
import { UpstreamFailure } from '../upstream-failures.types.js';
import type { Journal } from './journal.js';
import { authorizationRequest } from './oauth-requests.js';
import { readUserInfo } from './oauth2-client.js';
import { exchangeCode, requireIssuer, requireNoError, tokensOf } from './token-requests.js';
import type {
  Departure,
  Return,
  Testimony,
  TokenEndpoint,
  Ticket,
  UpstreamClient,
  UpstreamProvider,
} from './upstream-client.js';

interface GithubSettings {
  readonly baseUrl: string;
  readonly apiUrl: string;
}

interface GithubEmail {
  readonly email?: unknown;
  readonly primary?: unknown;
  readonly verified?: unknown;
}

const settingsOf = ({ settings }: UpstreamProvider) => settings as unknown as GithubSettings;
const versions = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/** GitHub, and GitHub Enterprise Server at addresses of its own. It speaks OAuth 2 and has an API that tells who somebody is. */
@Injectable()
export class GithubClient implements UpstreamClient {
  async depart(provider: UpstreamProvider, departure: Departure): Promise<Ticket> {
    return authorizationRequest(
      provider,
      `${settingsOf(provider).baseUrl}/login/oauth/authorize`,
      departure,
      {
        login: departure.loginHint?.includes('@') ? undefined : (departure.loginHint ?? undefined),
        prompt: departure.mustProve ? 'select_account' : undefined,
        allow_signup: 'false',
      },
    );
  }

  async arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony> {
    const { baseUrl, apiUrl } = settingsOf(provider);
    requireIssuer(back.parameters, [provider.issuer!, `${baseUrl}/login/oauth`], false, journal);
    requireNoError(back.parameters, journal);
    const answer = await exchangeCode(provider, await this.tokenEndpoint(provider), back, journal, {
      usesPkce: true,
    });
    const accessToken = String(answer['access_token']);
    const user = await readUserInfo(`${apiUrl}/user`, accessToken, journal, versions);
    const address = await this.primaryAddress(`${apiUrl}/user/emails`, accessToken, journal);
    // A number, and the only thing about somebody there that never changes.
    const id = user['id'];
    if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new UpstreamFailure('subject_missing');
    return {
      issuer: provider.issuer!,
      claims: { ...user, id: String(id), ...address },
      tokens: tokensOf(answer, provider.scopes),
    };
  }

  async tokenEndpoint(provider: UpstreamProvider): Promise<TokenEndpoint> {
    const { baseUrl } = settingsOf(provider);
    return { address: `${baseUrl}/login/oauth/access_token`, method: 'client_secret_post' };
  }

  /** What stands in the profile is what somebody chose to show; whether it is theirs is said here only. */
  private async primaryAddress(
    address: string,
    accessToken: string,
    journal: Journal,
  ): Promise<{ email: string | null; email_verified: boolean }> {
    const { status, body } = await journal.readJson<readonly GithubEmail[]>('user_info', address, {
      headers: { ...versions, authorization: `Bearer ${accessToken}` },
    });
    // Without the scope `user:email` there is no list.
    const primary =
      status === 200 && Array.isArray(body) ? body.find((entry) => entry?.primary === true) : undefined;
    return {
      email: typeof primary?.email === 'string' ? primary.email : null,
      email_verified: primary?.verified === true,
    };
  }
}
