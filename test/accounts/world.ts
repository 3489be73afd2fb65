import { Accounts } from '../../src/accounts/accounts.service.js';
import type { ArrivalIntent, SignInArrival } from '../../src/accounts/accounts.types.js';
import { newId } from '../../src/platform/crypto/uuid.js';
import { ArrivalRefused } from '../../src/accounts/arrival-refusals.types.js';
import type { UpstreamIdentity } from '../../src/providers/provider.types.js';
import type { TestApp, TestOrganization } from '../support/test-app.js';

export interface TestProvider {
  id: string;
  name: string;
}

interface ProviderOptions {
  name?: string;
  isEnabled?: boolean;
  trustedDomains?: string[];
  allowedDomains?: string[];
  justInTime?: boolean;
}

let count = 0;

/** A provider of an organization. Written directly: nobody is asked whether it is there. */
export async function givenProvider(
  app: TestApp,
  organization: TestOrganization,
  {
    name = `idp-${++count}`,
    isEnabled = true,
    trustedDomains = [],
    allowedDomains = [],
    justInTime = true,
  }: ProviderOptions = {},
): Promise<TestProvider> {
  const id = newId();
  await app.sql(
    `insert into oauth_providers (org_id, id, name, type, issuer, display_name, icon, is_enabled, client_id, scopes,
                                  trusted_domains, allowed_domains, just_in_time)
     values ($1, $2, $3, 'oidc', 'https://idp.example', 'The provider', 'oidc', $4, 'client', '{openid}', $5, $6, $7)`,
    [organization.id, id, name, isEnabled, trustedDomains, allowedDomains, justInTime],
  );
  return { id, name };
}

type Claims = Partial<UpstreamIdentity['claims']>;

/** What a provider says of somebody; of Max, unless told otherwise. */
export function identityOf(
  { id: providerId }: TestProvider,
  { claims = {}, ...identity }: Partial<Omit<UpstreamIdentity, 'claims'>> & { claims?: Claims } = {},
): UpstreamIdentity {
  return {
    providerId,
    issuer: 'https://idp.example',
    subject: `subject-${++count}`,
    claims: {
      email: null,
      emailVerified: false,
      username: null,
      name: 'Max Meier',
      givenName: 'Max',
      familyName: 'Meier',
      picture: null,
      locale: 'de-AT',
      raw: {},
      ...claims,
    },
    tokens: { accessToken: null, refreshToken: null, expiresAt: null, scopes: [] },
    acr: null,
    amr: [],
    hasSecondFactor: false,
    ...identity,
  };
}

export const visitor = {
  kind: 'anonymous' as const,
  origin: { requestId: 'test-request', ip: '127.0.0.1', userAgent: 'tests', idempotency: null },
};

export async function signInWith(
  app: TestApp,
  { id }: TestOrganization,
  identity: UpstreamIdentity,
): Promise<SignInArrival> {
  const arrival = await app.get(Accounts).arrive(visitor, id, identity, { kind: 'sign-in' });
  if (arrival.kind !== 'sign-in') throw new Error('nobody was to be signed in');
  return arrival;
}

export function linkWith(
  app: TestApp,
  { id }: TestOrganization,
  identity: UpstreamIdentity,
  intent: Omit<Extract<ArrivalIntent, { kind: 'link' }>, 'kind'>,
) {
  return app.get(Accounts).arrive(visitor, id, identity, { kind: 'link', ...intent });
}

/** Why it was refused; an empty text where it was not. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return '';
  } catch (error) {
    if (error instanceof ArrivalRefused) return error.reason;
    throw error;
  }
}

/** The session that a token of `given` is of. */
export async function sessionOf(app: TestApp, token: string): Promise<string> {
  const response = await app.api.as({ token }).get('/v1/session');
  return (response.body['session'] as { id: string }).id;
}

export async function accountsOf(
  app: TestApp,
  userId: string,
): Promise<{ id: string; linked_through: string }[]> {
  return app.sql('select id, linked_through from oauth_accounts where user_id = $1 order by created_at', [
    userId,
  ]);
}
