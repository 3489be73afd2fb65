import { Injectable } from '@nestjs/common';
import { UpstreamFailure } from '../upstream-failures.types.js';
import type { DiscoveryDocument } from './discovery.rules.js';
import { DiscoveryDocuments } from './discovery-documents.js';
import { verifyIdToken } from './id-tokens.js';
import type { Journal } from './journal.js';
import { authorizationRequest } from './oauth-requests.js';
import { SigningKeySets } from './signing-key-sets.js';
import { exchangeCode, requireNoError, tokensOf } from './token-requests.js';
import type {
  Departure,
  Return,
  Testimony,
  TokenEndpoint,
  Ticket,
  UpstreamClient,
  UpstreamProvider,
} from './upstream-client.js';

interface MicrosoftSettings {
  readonly authority: string;
  readonly tenants: readonly string[];
}

const settingsOf = ({ settings }: UpstreamProvider) => settings as unknown as MicrosoftSettings;

/**
 * Microsoft Entra ID. Its issuer is a template in the document that all tenants share, and every tenant signs with the same
 * keys: which tenant somebody belongs to stands in `tid`, and only those that are named here may come.
 */
@Injectable()
export class MicrosoftClient implements UpstreamClient {
  constructor(
    private readonly documents: DiscoveryDocuments,
    private readonly keySets: SigningKeySets,
  ) {}

  async depart(provider: UpstreamProvider, departure: Departure, journal: Journal): Promise<Ticket> {
    const { authorization_endpoint: address } = await this.documentOf(provider, journal);
    const { tenants } = settingsOf(provider);
    return authorizationRequest(provider, address, departure, {
      nonce: departure.nonce,
      response_mode: 'query',
      login_hint: departure.loginHint ?? undefined,
      prompt: departure.mustProve ? 'login' : tenants.length > 1 ? 'select_account' : undefined,
    });
  }

  async arrive(provider: UpstreamProvider, back: Return, journal: Journal): Promise<Testimony> {
    requireNoError(back.parameters, journal);
    const document = await this.documentOf(provider, journal);
    const { tenants } = settingsOf(provider);
    const answer = await exchangeCode(provider, endpointOf(document), back, journal, { usesPkce: true });
    const claims = await verifyIdToken(
      answer['id_token'],
      document.jwks_uri,
      {
        issuerOf: ({ tid }) => issuerOf(provider, String(tid)),
        audience: provider.clientId,
        nonce: back.nonce,
        algorithms: ['RS256'],
      },
      this.keySets,
      journal,
    );
    const tenant = String(claims['tid']).toLowerCase();
    if (!tenants.includes(tenant)) {
      journal.note('id_token', false, `The tenant is ${tenant}`);
      throw new UpstreamFailure('tenant_refused', `The tenant is ${tenant}`);
    }
    // Their address is what an administrator of any tenant wrote there, unless the domain was proven to be theirs.
    const isProven = [true, 1, '1', 'true'].includes(claims['xms_edov'] as never);
    return {
      issuer: String(claims['iss']),
      claims: { ...claims, email_verified: isProven },
      tokens: tokensOf(answer, provider.scopes),
    };
  }

  async tokenEndpoint(provider: UpstreamProvider, journal: Journal): Promise<TokenEndpoint> {
    return endpointOf(await this.documentOf(provider, journal));
  }

  /** That of the one tenant, or the one that all organizations share. */
  private documentOf(provider: UpstreamProvider, journal: Journal) {
    const { authority, tenants } = settingsOf(provider);
    const place = tenants.length === 1 ? tenants[0]! : 'organizations';
    const issuers = [issuerOf(provider, '{tenantid}'), issuerOf(provider, place)];
    const address = `${authority}/${place}/v2.0/.well-known/openid-configuration`;
    return this.documents.readAt(address, issuers, journal);
  }
}

/** The issuer of a provider has the place of the tenant in it. */
const issuerOf = ({ issuer }: UpstreamProvider, tenant: string): string =>
  issuer!.replace('{tenantid}', () => tenant);

const endpointOf = ({ token_endpoint: address }: DiscoveryDocument): TokenEndpoint => ({
  address,
  method: 'client_secret_post',
});
