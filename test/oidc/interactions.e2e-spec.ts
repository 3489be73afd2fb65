import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { OidcInteractions } from '../../src/oidc/oidc-interactions.service.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import {
  Browser,
  clientOf,
  codeRequest,
  decideAtPage,
  givenApplication,
  interactionAt,
  signInAtPage,
  signInTo,
} from './world.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

describe('Whoever is not signed in', () => {
  it('is sent to sign in, and comes back to the application with a code', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const browser = new Browser(app.origin);
    const request = await codeRequest(client, { login_hint: 'olga', ui_locales: 'de en' });

    const page = await browser.follow(request.url);
    const interaction = await app.get(OidcInteractions).find(acme, interactionAt(browser, page));
    const next = await signInAtPage(app, acme, browser, page, olga);
    const callback = await browser.follow(next!);
    const tokens = await oidc.authorizationCodeGrant(client, callback, {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    });

    expect(page.pathname).toBe('/o/acme/sign-in');
    expect(interaction).toMatchObject({
      prompt: 'login',
      reasons: ['no_session'],
      application: { name: 'Wiki', isFirstParty: true },
      loginHint: 'olga',
      uiLocales: 'de en',
      sessionId: null,
    });
    expect(tokens.claims()!.sub).toBe(olga.id);
  });

  it('cannot go on in another browser', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const page = await new Browser(app.origin).follow((await codeRequest(client)).url);
    const other = new Browser(app.origin);
    await other.follow((await codeRequest(client)).url);

    const found = await app.get(OidcInteractions).find(acme, interactionAt(other, page));
    const next = await signInAtPage(app, acme, other, page, olga);

    expect(found).toBeNull();
    expect(next).toBeNull();
  });

  it('is told apart by `prompt=none`', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));

    const callback = await new Browser(app.origin).follow(
      (await codeRequest(client, { prompt: 'none' })).url,
    );

    expect(callback.searchParams.get('error')).toBe('login_required');
  });
});

describe('Whoever is signed in', () => {
  it('is asked for consent once, also in the next session', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme, { consent: 'required' }));
    const max = await app.given.user(acme);
    const browser = new Browser(app.origin).as(acme, max);
    const request = await codeRequest(client);
    await app.given.forgetAudit(acme);

    const page = await browser.follow(request.url);
    const interaction = await app.get(OidcInteractions).find(acme, interactionAt(browser, page));
    const callback = await browser.follow((await decideAtPage(app, acme, browser, page, 'granted'))!);
    const again = new Browser(app.origin).as(acme, { token: await app.given.session(max) });
    const tokens = await signInTo(client, again);

    expect(page.pathname).toBe('/o/acme/consent');
    expect(interaction).toMatchObject({
      prompt: 'consent',
      application: { isFirstParty: false },
      scopes: [{ name: 'openid' }, { name: 'profile' }, { name: 'email' }],
    });
    expect(callback.searchParams.get('code')).not.toBeNull();
    expect(tokens.scope).toBe('openid profile email');
    expect(await app.given.auditOf(acme)).toContain('application.allowed');
  });

  it('may say no', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme, { consent: 'required' }));
    const browser = new Browser(app.origin).as(acme, olga);
    await app.given.forgetAudit(acme);

    const page = await browser.follow((await codeRequest(client)).url);
    const callback = await browser.follow((await decideAtPage(app, acme, browser, page, 'denied'))!);

    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(await app.given.auditOf(acme)).toEqual(['application.allowed (refused)']);
  });

  it('is asked again for more than before', async () => {
    const application = await givenApplication(app, acme, { consent: 'required' });
    const client = await clientOf(app, acme, application);
    const browser = new Browser(app.origin).as(acme, await app.given.user(acme));
    const first = await browser.follow((await codeRequest(client, { scope: 'openid' })).url);
    await browser.follow((await decideAtPage(app, acme, browser, first, 'granted'))!);

    const page = await browser.follow((await codeRequest(client, { scope: 'openid email' })).url);
    const interaction = await app.get(OidcInteractions).find(acme, interactionAt(browser, page));

    expect(interaction).toMatchObject({ prompt: 'consent', scopes: [{ name: 'email' }] });
  });

  it('signs in again when the application says so, and as another person too', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const max = await app.given.user(acme);
    const browser = new Browser(app.origin).as(acme, olga);

    for (const prompt of ['login', 'select_account', 'create', 'login select_account']) {
      const request = await codeRequest(client, { prompt });
      const page = await browser.follow(request.url);
      const callback = await browser.follow((await signInAtPage(app, acme, browser, page, max))!);
      const tokens = await oidc.authorizationCodeGrant(client, callback, {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
        expectedNonce: request.nonce,
      });

      expect({ prompt, sub: tokens.claims()!.sub }).toEqual({ prompt, sub: max.id });
    }
  });

  it('signs in again when that was too long ago', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const max = await app.given.user(acme);
    const browser = new Browser(app.origin).as(acme, max);
    await app.sql(`update tenantry.sessions set auth_time = now() - interval '1 hour' where user_id = $1`, [
      max.id,
    ]);

    const within = await browser.follow((await codeRequest(client, { max_age: '7200' })).url);
    const beyond = await browser.follow((await codeRequest(client, { max_age: '600' })).url);

    expect(within.searchParams.get('code')).not.toBeNull();
    expect(beyond.pathname).toBe('/o/acme/sign-in');
  });
});
