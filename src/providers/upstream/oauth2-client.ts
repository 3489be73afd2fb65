import { Injectable } from '@nestjs/common';
import { UpstreamFailure } from '../upstream-failures.types.js';
import type { Journal } from './journal.js';
import { authorizationRequest } from './oauth-requests.js';
import { exchangeCode, requireIssuer, requireNoError, tokensOf } from './token-requests.js';
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

interface Oauth2Settings {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly userInfoUrl: string;
  readonly tokenAuthMethod: TokenAuthMethod;
  readonly usesPkce: boolean;
}

const settingsOf = ({ settings }: UpstreamProvider) => settings as unknown as Oauth2Settings;

/** Providers that speak OAuth 2 and tell who somebody is in their own way. */
@Injectable()
export class Oauth2Client implements UpstreamClient {
  async depart(provider: UpstreamProvider, departure: Departure): Promise<Ticket> {
    const { authorizationUrl, usesPkce } = settingsOf(provider);
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    const ticket = authorizationRequest(provider, authorizationUrl, departure, {});
    if (usesPkce) return ticket;
    const url = new URL(ticket.address);
    for (const name of Object.keys(without)) url.searchParams.delete(name);
    return { ...ticket, address: url.href };
  }

  async arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony> {
    const { userInfoUrl, usesPkce } = settingsOf(provider);
    requireIssuer(back.parameters, [provider.issuer!], false, journal);
    requireNoError(back.parameters, journal);
    const answer = await exchangeCode(provider, await this.tokenEndpoint(provider), back, journal, {
      usesPkce,
    });
    const claims = await readUserInfo(userInfoUrl, String(answer['access_token']), journal);
    return { issuer: provider.issuer!, claims, tokens: tokensOf(answer, provider.scopes) };
  }

  async tokenEndpoint(provider: UpstreamProvider): Promise<TokenEndpoint> {
    const { tokenUrl: address, tokenAuthMethod: method } = settingsOf(provider);
    return { address, method: provider.clientSecret === null ? 'none' : method };
  }
}

/** @throws UpstreamFailure */
export async function readUserInfo(
  address: string,
  accessToken: string,
  journal: Journal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { status, body } = await journal.readJson('user_info', address, {
    headers: { accept: 'application/json', ...headers, authorization: `Bearer ${accessToken}` },
  });
  if (status !== 200 || Array.isArray(body))
    throw new UpstreamFailure('upstream_unreadable', `The user info answered ${status}`);
  return body;
}
