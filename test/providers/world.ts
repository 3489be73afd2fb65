import { expect } from '@jest/globals';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { type Place, Walker } from '../hosted-pages/walker.js';
import type { TestApp, TestOrganization, TestUser } from '../support/test-app.js';
import { clientId, clientSecret, throughUpstream, type Upstream } from './upstream.js';

export const outboundOpen = { OUTBOUND_ALLOWED_RANGES: '127.0.0.1/32' };

export interface Attempt {
  reference: string;
  kind: string;
  outcome: string;
  failure: { code: string; why: string; advice: string } | null;
  steps: {
    step: string;
    isGood: boolean;
    answer: unknown;
    explanation: string | null;
    request: string | null;
  }[];
  result: Record<string, unknown> | null;
}

export const callbackOf = (app: TestApp, { slug }: TestOrganization): string =>
  app.get(PublicAddresses).providerCallback(slug);

/** A provider that the owner connects over HTTP. */
export async function givenProvider(
  app: TestApp,
  organization: TestOrganization,
  owner: TestUser,
  body: Record<string, unknown>,
): Promise<{ id: string; name: string; version: number }> {
  const response = await app.api.as(owner).post(`/v1/organizations/${organization.slug}/providers`, {
    name: 'upstream',
    type: 'oidc',
    clientId,
    clientSecret,
    ...body,
  });
  expect(response.body).toMatchObject({ name: body['name'] ?? 'upstream' });
  return response.body as { id: string; name: string; version: number };
}

export class Journey {
  readonly walker: Walker;

  constructor(
    private readonly app: TestApp,
    readonly organization: TestOrganization,
    language?: string,
  ) {
    this.walker = new Walker(app, language);
  }

  /** Leaves for the provider. @returns its address */
  async leave(name = 'upstream', query = ''): Promise<string> {
    const place = await this.walker.send(
      'GET',
      `/o/${this.organization.slug}/providers/${name}/start${query}`,
    );
    const { location } = place.headers;
    if (place.status !== 303 || location === undefined)
      throw new Error(`nobody leaves: ${place.status} ${place.text}`);
    return location;
  }

  /** There and back, to the page that shows. */
  async go(name = 'upstream', query = ''): Promise<Place> {
    return this.walker.open(await this.through(name, query));
  }

  /** To the address that brings them back, and not further. */
  async through(name = 'upstream', query = ''): Promise<string> {
    return throughUpstream(await this.leave(name, query), this.app.origin);
  }

  async whoIsSignedIn(): Promise<{ id: string; email: string | null } | null> {
    const answer = await this.walker.send('GET', `/v1/session?organization=${this.organization.slug}`);
    return answer.status === 200
      ? (JSON.parse(answer.text) as { user: { id: string; email: string | null } }).user
      : null;
  }
}

export async function attemptsOf(
  app: TestApp,
  organization: TestOrganization,
  owner: TestUser,
  name = 'upstream',
): Promise<Attempt[]> {
  const { body } = await app.api
    .as(owner)
    .get(`/v1/organizations/${organization.slug}/providers/${name}/attempts`);
  return (body as { items: Attempt[] }).items;
}

/** Who the upstream knows. */
export function givenMax(upstream: Upstream, claims: Record<string, unknown> = {}): void {
  upstream.claims.set('max', {
    email: 'max@upstream.example',
    email_verified: true,
    name: 'Max Upstream',
    given_name: 'Max',
    family_name: 'Upstream',
    preferred_username: 'max',
    ...claims,
  });
}
