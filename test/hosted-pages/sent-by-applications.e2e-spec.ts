import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { clientOf, codeRequest, givenApplication, redirectUri } from '../oidc/world.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { formWith, linkOn, type Place, readingOf, Walker } from './walker.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const sessionCookie = ({ slug }: TestOrganization) => app.get(PublicAddresses).sessionCookie(slug);

async function world(columns: Record<string, unknown> = {}) {
  const { organization, owner } = await app.given.organization();
  const application = await givenApplication(app, organization, { name: 'Wiki <b>', ...columns });
  const client = await clientOf(app, organization, application);
  const max = await app.given.user(organization, { fullName: 'Max Member', emailVerifiedAt: new Date() });
  await app.given.forgetAudit(organization);
  return {
    organization,
    owner,
    application,
    client,
    max,
    address: (path: string) => `/o/${organization.slug}/${path}`,
  };
}

function signedIn(organization: TestOrganization, user: TestUser): Walker {
  return new Walker(app).keep(sessionCookie(organization), user.token);
}

async function tokensFrom(
  client: oidc.Configuration,
  place: Place,
  request: Awaited<ReturnType<typeof codeRequest>>,
) {
  expect(place.headers['location']).toMatch(new RegExp(`^${redirectUri}`));
  return oidc.authorizationCodeGrant(client, new URL(place.headers['location']!), {
    pkceCodeVerifier: request.verifier,
    expectedState: request.state,
    expectedNonce: request.nonce,
  });
}

const whoIs = async (walker: Walker, { slug }: TestOrganization) =>
  JSON.parse((await walker.send('GET', `/v1/session?organization=${slug}`)).text) as {
    user?: { id: string };
    session?: { id: string };
  };

describe('Whoever an application sends to sign in', () => {
  it('is told for which, and goes back signed in', async () => {
    const { client, max, address } = await world();
    const request = await codeRequest(client, { login_hint: max.email });
    const walker = new Walker(app);

    const page = await walker.open(request.url.href);
    expect(page.address).toMatch(new RegExp(`^${address('sign-in')}\\?interaction=`));
    expect(readingOf(page)).toContain('To go on to Wiki <b>.');
    expect(page.text).toContain(`value="${max.email}"`);
    expect(page.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:9");
    const refused = await walker.press(page, 'Sign in', { password: 'not the password' });
    expect(refused.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:9");
    const back = await walker.press(refused, 'Sign in', { password: testPassword });

    const tokens = await tokensFrom(client, back, request);
    expect(tokens.claims()!.sub).toBe(max.id);
  });

  it('goes back after signing up and confirming the address', async () => {
    const { client, organization, owner, address } = await world();
    const root = `/v1/organizations/${organization.slug}`;
    await app.api.as(owner).put(`${root}/policies/registration`, { mode: 'open' });
    await app.api
      .as(owner)
      .put(`${root}/verification-token-types/email_verification`, { lifetimeSeconds: null, codeLength: 6 });
    const request = await codeRequest(client, { prompt: 'create' });
    const walker = new Walker(app);

    const page = await walker.open(request.url.href);
    expect(page.address).toMatch(new RegExp(`^${address('sign-up')}\\?interaction=`));
    const waiting = await walker.press(page, 'Create the account', {
      email: 'mia@acme.example',
      password: testPassword,
    });
    const code = /\b(\d{6})\b/.exec((await app.mailbox.all('mia@acme.example')).at(-1)!.text)![1]!;
    const back = await walker.press(waiting, 'Use the code', { code });

    const tokens = await tokensFrom(client, back, request);
    const person = await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims()!.sub);
    expect(person).toMatchObject({ email: 'mia@acme.example', email_verified: true });
  });

  it('shows once more who they are for `prompt=login` and `max_age`, in the same session', async () => {
    const { client, organization, max } = await world();
    for (const parameters of [{ prompt: 'login' }, { max_age: '60' }]) {
      const token = await app.given.session(max);
      const walker = signedIn(organization, { ...max, token });
      await app.given.timePasses(organization, '5 minutes');
      const before = (await whoIs(walker, organization)).session!.id;
      const request = await codeRequest(client, parameters);

      const page = await walker.open(request.url.href);
      expect(readingOf(page)).toContain('Is it you?');
      const back = await walker.press(page, 'Confirm', { password: testPassword });

      expect((await whoIs(walker, organization)).session!.id).toBe(before);
      const tokens = await oidc.authorizationCodeGrant(client, new URL(back.headers['location']!), {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
        expectedNonce: request.nonce,
        ...('max_age' in parameters && { maxAge: 60 }),
      });
      expect(Date.now() / 1_000 - tokens.claims()!.auth_time!).toBeLessThan(30);
    }
  });

  it('chooses an account for `prompt=select_account`', async () => {
    const { client, organization, max } = await world();
    const nora = await app.given.user(organization);
    const request = await codeRequest(client, { prompt: 'select_account' });
    const walker = signedIn(organization, max);

    const page = await walker.open(request.url.href);
    expect(readingOf(page)).toContain('Choose an account');
    expect(readingOf(page)).toContain('Max Member');
    const same = await walker.twin().press(page, 'Go on with this account');
    expect((await tokensFrom(client, same, request)).claims()!.sub).toBe(max.id);

    const again = await codeRequest(client, { prompt: 'select_account' });
    const second = await walker.open(again.url.href);
    const other = await walker.open(linkOn(second, 'Use another account'));
    const back = await walker.press(other, 'Sign in', { identifier: nora.email, password: testPassword });
    expect((await tokensFrom(client, back, again)).claims()!.sub).toBe(nora.id);
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
  });

  it('cannot answer `prompt=login` by choosing', async () => {
    const { client, organization, max, address } = await world();
    const walker = signedIn(organization, max);
    const page = await walker.open((await codeRequest(client, { prompt: 'login' })).url.href);
    const { fields } = formWith(page, 'Confirm');

    const answer = await walker.post(address('sign-in'), { ...fields, act: 'as-chosen' });

    expect(answer.status).toBe(410);
    expect(readingOf(answer)).toContain('This has taken too long');
  });

  it('goes nowhere in another browser', async () => {
    const { client, max } = await world();
    const page = await new Walker(app).open((await codeRequest(client)).url.href);
    const thief = new Walker(app);

    const seen = await thief.open(page.address);
    expect(seen.status).toBe(410);
    const own = await thief.open((await codeRequest(client)).url.href);
    const stolen = new URL(page.address, app.origin).searchParams.get('interaction')!;
    const answer = await thief.press(own, 'Sign in', {
      interaction: stolen,
      identifier: max.email,
      password: testPassword,
    });
    expect(answer.status).toBe(410);
  });

  it('reads the page in the language that the application asks for', async () => {
    const { client } = await world();

    const page = await new Walker(app, 'en').open((await codeRequest(client, { ui_locales: 'de' })).url.href);

    expect(page.text).toContain('<html lang="de"');
  });
});

describe('The consent page', () => {
  it('says what is asked for and by whom, as text, and lets it be', async () => {
    const { client, organization, max, address } = await world({ consent: 'required' });
    const request = await codeRequest(client, {
      scope: 'openid profile email offline_access',
      prompt: 'consent',
    });
    const walker = signedIn(organization, max);

    const page = await walker.open(request.url.href);
    expect(page.address).toMatch(new RegExp(`^${address('consent')}\\?interaction=`));
    expect(page.text).toContain('Wiki &lt;b&gt;');
    for (const text of [
      'Your e-mail address',
      'Your name, picture',
      'Access also while you are away',
      'Max Member',
    ])
      expect(readingOf(page)).toContain(text);
    const back = await walker.press(page, 'Allow');

    const tokens = await tokensFrom(client, back, request);
    expect(tokens.refresh_token).toBeDefined();
    expect(await app.given.auditOf(organization)).toContain('application.allowed');
  });

  it('lets it be refused', async () => {
    const { client, organization, max } = await world({ consent: 'required' });
    const walker = signedIn(organization, max);
    const page = await walker.open((await codeRequest(client)).url.href);

    const back = await walker.press(page, 'Do not allow');

    expect(new URL(back.headers['location']!).searchParams.get('error')).toBe('access_denied');
    expect(await app.given.auditOf(organization)).toEqual(['application.allowed (refused)']);
  });

  it('is shown to the session that was asked, and to no other', async () => {
    const { client, organization, max } = await world({ consent: 'required' });
    const eve = await app.given.user(organization);
    const walker = signedIn(organization, max);
    const page = await walker.open((await codeRequest(client)).url.href);
    walker.keep(sessionCookie(organization), eve.token);

    expect((await walker.open(page.address)).status).toBe(410);
    expect((await walker.press(page, 'Allow')).status).toBe(410);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

describe('Pages of the protocol', () => {
  it('show errors in the frame of the organization, with nothing of the request in them', async () => {
    const { client, organization } = await world();
    const request = await codeRequest(client, { redirect_uri: 'https://evil.example/"><script>' });

    const page = await new Walker(app, 'de').open(request.url.href);

    expect(page.status).toBe(400);
    expect(page.text).toContain('<html lang="de"');
    expect(readingOf(page)).toContain('Das geht so nicht');
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain(organization.name);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('ask before an application signs somebody out, and go back to it', async () => {
    const { organization, application, max, address } = await world();
    const walker = signedIn(organization, max);
    const end = `${address('session/end')}?client_id=${application.id}&post_logout_redirect_uri=${encodeURIComponent('http://127.0.0.1:9/bye')}&state=s`;

    const page = await walker.open(end);
    expect(readingOf(page)).toContain('has sent you here to sign out');
    expect(page.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:9");
    const stayed = await walker.twin().press(page, 'Stay signed in');
    expect(stayed.headers['location']).toBe('http://127.0.0.1:9/bye?state=s');
    expect((await whoIs(walker, organization)).user?.id).toBe(max.id);
    const left = await walker.press(await walker.open(end), 'Sign out');

    expect(left.headers['location']).toBe('http://127.0.0.1:9/bye?state=s');
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
    const nora = signedIn(organization, await app.given.user(organization));
    const bare = await nora.open(address('session/end'));
    expect(readingOf(await nora.press(bare, 'Sign out'))).toContain('You are signed out');
  });

  it('connect a device with the code that it shows', async () => {
    const { client, organization, max, address } = await world({
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    });
    const device = await oidc.initiateDeviceAuthorization(client, { scope: 'openid email' });
    const walker = new Walker(app);

    const ask = await walker.open(address('device'));
    expect(readingOf(ask)).toContain('Connect a device');
    const unknown = await walker.press(ask, 'Continue', { user_code: 'BCDF-GHJK' });
    expect(readingOf(unknown)).toContain('There is no such code');
    const confirm = await walker.press(unknown, 'Continue', { user_code: device.user_code });
    expect(readingOf(confirm)).toContain('Is this your device?');
    expect(readingOf(confirm)).toContain(device.user_code);
    const signIn = await walker.press(confirm, 'Yes, connect it');
    expect(signIn.address).toMatch(new RegExp(`^${address('sign-in')}`));
    const done = await walker.press(signIn, 'Sign in', { identifier: max.email, password: testPassword });

    expect(readingOf(done)).toContain('The device is connected');
    const tokens = await oidc.pollDeviceAuthorizationGrant(client, { ...device, interval: 0.01 } as never);
    expect(tokens.claims()!.sub).toBe(max.id);
    expect((await whoIs(walker, organization)).user?.id).toBe(max.id);
  });
});
