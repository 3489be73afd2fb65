import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { givenApplication, redirectUri } from '../oidc/world.js';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { throughUpstream, Upstream } from './upstream.js';
import { attemptsOf, callbackOf, givenMax, givenProvider, Journey, outboundOpen } from './world.js';
import { linkOn } from '../hosted-pages/walker.js';

let app: TestApp;
let upstream: Upstream;
let organization: TestOrganization;
let owner: TestUser;

beforeAll(async () => {
  app = await startApp({ env: outboundOpen });
  ({ organization, owner } = await app.given.organization({ registration: { mode: 'open' } }));
  upstream = await new Upstream().start([callbackOf(app, organization)]);
  await givenProvider(app, organization, owner, { issuer: upstream.issuer, displayName: 'Upstream' });
});
afterAll(async () => {
  await app?.stop();
  await upstream?.stop();
});
beforeEach(() => {
  upstream.mischief = {};
  upstream.person = 'max';
  givenMax(upstream);
});

async function askedBy(journey: Journey, more: Record<string, string> = {}) {
  const { id } = await givenApplication(app, organization);
  const query = new URLSearchParams({
    client_id: id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    state: 'of the application',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...more,
  });
  return journey.walker.open(`/o/${organization.slug}/auth?${query.toString()}`);
}

const away = (journey: Journey, address: string) =>
  journey.walker.send('GET', address).then(({ headers }) => headers.location!);

describe('The whole way', () => {
  it('leads from the application to the provider and back to the application', async () => {
    const journey = new Journey(app, organization);
    const page = await askedBy(journey);

    const start = linkOn(page, 'Continue with Upstream');
    const back = await throughUpstream(await away(journey, start), app.origin);
    const arrived = await journey.walker.open(back);

    const url = new URL(arrived.headers.location!);
    expect(url.href.startsWith(redirectUri)).toBe(true);
    expect(url.searchParams.get('state')).toBe('of the application');
    expect(url.searchParams.get('code')).not.toBeNull();
    expect((await journey.whoIsSignedIn())!.email).toBe('max@upstream.example');
  });

  it('asks the provider to have it shown again, where the application wants that', async () => {
    const journey = new Journey(app, organization);
    await journey.go();
    const page = await askedBy(journey, { prompt: 'login' });
    expect(page.address).toContain('/sign-in?interaction=');

    const start = page.address.replace('/sign-in?', '/providers/upstream/start?');

    expect(new URL(await away(journey, start)).searchParams.get('prompt')).toBe('login');
  });

  it('goes on from a flow that somebody has begun, with what they typed', async () => {
    const journey = new Journey(app, organization);
    await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/policies/sign-in`, { identifierFirst: true });
    const first = await journey.walker.open(`/o/${organization.slug}/sign-in?return_to=account-sessions`);
    const second = await journey.walker.press(first, 'Continue', { identifier: 'max@upstream.example' });

    const address = await away(journey, linkOn(second, 'Continue with Upstream'));
    const done = await journey.walker.open(await throughUpstream(address, app.origin));

    expect(new URL(address).searchParams.get('login_hint')).toBe('max@upstream.example');
    expect(done.address).toBe(`/o/${organization.slug}/account/sessions`);
  });

  it('leads nobody to another site, and not on when the request of the application is over', async () => {
    const journey = new Journey(app, organization);
    const start = `/o/${organization.slug}/providers/upstream/start`;

    expect((await journey.go('upstream', '?return_to=https://evil.example')).address).toBe(
      `/o/${organization.slug}/account`,
    );
    expect((await journey.walker.open(`${start}?interaction=made-up`)).status).toBe(410);
  });

  it('begins no link by a link, and links by the form of the account page', async () => {
    const nina = await app.given.user(organization, { emailVerifiedAt: new Date() });
    upstream.person = 'nina-at-upstream';
    upstream.claims.set('nina-at-upstream', { email: 'other@upstream.example', email_verified: true });
    const journey = new Journey(app, organization);
    journey.walker.keep(app.get(PublicAddresses).sessionCookie(organization.slug), nina.token);
    const link = `/o/${organization.slug}/providers/upstream/link`;

    expect((await journey.walker.open(link)).address).toContain('/account/linked-accounts');
    expect((await journey.walker.post(link, {})).headers.location).toContain('/account/linked-accounts');
    expect(await app.sql(`select 1 from tenantry.provider_attempts where kind = 'link'`)).toEqual([]);
    const page = await journey.walker.open(`/o/${organization.slug}/account/linked-accounts`);
    const seal = /name="seal" value="([^"]+)"/.exec(page.text)![1]!;
    const onward = await journey.walker.post(link, { seal });
    const back = await throughUpstream(linkOn(onward, 'Continue to Upstream'), app.origin);
    const stolen = journey.walker.twin().forget(app.get(PublicAddresses).sessionCookie(organization.slug));

    expect(onward.status).toBe(200);
    expect((await journey.walker.open(back)).address).toContain('/account/linked-accounts');
    expect((await stolen.open(back)).status).toBe(410);
    const accounts = await app.sql('select user_id from tenantry.oauth_accounts where subject = $1', [
      'nina-at-upstream',
    ]);
    expect(accounts).toEqual([{ user_id: nina.id }]);
    expect((await attemptsOf(app, organization, owner))[0]).toMatchObject({
      kind: 'link',
      outcome: 'succeeded',
    });
  });

  it('links nothing for whoever has signed out meanwhile', async () => {
    const otto = await app.given.user(organization, { emailVerifiedAt: new Date() });
    upstream.person = 'otto-at-upstream';
    upstream.claims.set('otto-at-upstream', { email: 'otto@upstream.example', email_verified: true });
    const journey = new Journey(app, organization);
    const cookie = app.get(PublicAddresses).sessionCookie(organization.slug);
    journey.walker.keep(cookie, otto.token);
    const page = await journey.walker.open(`/o/${organization.slug}/account/linked-accounts`);
    const seal = /name="seal" value="([^"]+)"/.exec(page.text)![1]!;
    const onward = await journey.walker.post(`/o/${organization.slug}/providers/upstream/link`, { seal });
    const back = await throughUpstream(linkOn(onward, 'Continue to Upstream'), app.origin);
    journey.walker.forget(cookie);

    const refused = await journey.walker.open(back);

    expect(refused.status).toBe(403);
    expect(refused.text).toContain('signed out meanwhile');
    expect(
      await app.sql('select 1 from tenantry.oauth_accounts where subject = $1', ['otto-at-upstream']),
    ).toEqual([]);
    expect((await attemptsOf(app, organization, owner))[0]!.failure!.code).toBe('arrival_refused');
  });
});
