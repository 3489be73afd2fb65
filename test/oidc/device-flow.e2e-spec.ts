import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, decideAtPage, givenApplication, signInAtPage } from './world.js';

const grant = 'urn:ietf:params:oauth:grant-type:device_code';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

/** A television, and the code that it shows. */
async function device(columns = {}) {
  const application = await givenApplication(app, acme, {
    type: 'native',
    grant_types: [grant, 'refresh_token'],
    redirect_uris: [],
    ...columns,
  });
  const client = await clientOf(app, acme, application, oidc.None());
  const shown = await oidc.initiateDeviceAuthorization(client, { scope: 'openid email' });
  const poll = () => oidc.genericGrantRequest(client, grant, { device_code: shown.device_code });
  return { application, client, shown, poll };
}

/** The form of a page: where it goes, and what goes with it. */
function formOf(text: string): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]* action="([^"]+)"/.exec(text)![1]!;
  const fields = [...text.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)].map(
    ([, name, value]) => [name!, value!] as const,
  );
  return { action, fields: Object.fromEntries(fields) };
}

async function typeCode(browser: Browser, code: string) {
  const page = await browser.go('/o/acme/device');
  const { action, fields } = formOf(page.text);
  return browser.go(action, { form: { ...fields, user_code: code } });
}

async function confirm(browser: Browser, text: string, answer: 'confirm' | 'abort' = 'confirm') {
  const { action, fields } = formOf(text);
  return browser.go(action, { form: { ...fields, [answer]: 'yes' } });
}

describe('A device', () => {
  it('is connected by whoever is signed in and types its code', async () => {
    const { client, shown, poll } = await device({ consent: 'none' });
    const browser = new Browser(app.origin).as(acme, olga);
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });

    const asked = await typeCode(browser, shown.user_code.toLowerCase());
    const done = await confirm(browser, asked.text);
    const tokens = await poll();

    expect(asked.text).toContain(shown.user_code);
    expect(done.status).toBe(200);
    expect(tokens.scope).toBe('openid email');
    expect((await oidc.fetchUserInfo(client, tokens.access_token, olga.id)).email).toBe(olga.email);
    expect((await oidc.refreshTokenGrant(client, tokens.refresh_token!)).access_token).toBeDefined();
  });

  it('is connected after signing in and consent', async () => {
    const { shown, poll } = await device({ consent: 'required' });
    const browser = new Browser(app.origin);

    const asked = await typeCode(browser, shown.user_code);
    const toSignIn = await confirm(browser, asked.text);
    const signInPage = new URL(toSignIn.location!);
    const afterSignIn = await browser.go((await signInAtPage(app, acme, browser, signInPage, olga))!);
    const consentPage = new URL(afterSignIn.location!);
    const done = await browser.go((await decideAtPage(app, acme, browser, consentPage, 'granted'))!);

    expect([signInPage.pathname, consentPage.pathname, done.status]).toEqual([
      '/o/acme/sign-in',
      '/o/acme/consent',
      200,
    ]);
    expect((await poll()).access_token).toBeDefined();
  });

  it('is told when its owner says no', async () => {
    const { shown, poll } = await device();
    const browser = new Browser(app.origin).as(acme, olga);

    await confirm(browser, (await typeCode(browser, shown.user_code)).text, 'abort');

    await expect(poll()).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('is connected once, by a code that works once', async () => {
    const { shown, poll, client } = await device({ consent: 'none' });
    const browser = new Browser(app.origin).as(acme, olga);
    await confirm(browser, (await typeCode(browser, shown.user_code)).text);

    const results = await Promise.allSettled(Array.from({ length: 100 }, poll));
    const again = await typeCode(browser, shown.user_code);

    const done = results.filter((result) => result.status === 'fulfilled');
    expect(done).toHaveLength(1);
    await expect(oidc.fetchUserInfo(client, done[0]!.value.access_token, olga.id)).rejects.toMatchObject({
      status: 401,
    });
    expect(again.text).not.toContain('name="confirm"');
  });

  it('is not found by another code, nor by that of another organization', async () => {
    const { organization: globex, owner: gina } = await app.given.organization({ slug: 'globex' });
    const { shown } = await device();
    const browser = new Browser(app.origin).as(acme, olga);
    const foreign = new Browser(app.origin).as(globex, gina);

    const wrong = await typeCode(browser, 'BBBB-BBBB');
    const page = await foreign.go('/o/globex/device');
    const { action, fields } = formOf(page.text);
    const elsewhere = await foreign.go(action, { form: { ...fields, user_code: shown.user_code } });

    for (const { text } of [wrong, elsewhere]) expect(text).not.toContain('name="confirm"');
  });

  it('is not found by whoever has guessed a hundred times', async () => {
    const { organization, owner } = await app.given.organization();
    const client = await clientOf(
      app,
      organization,
      await givenApplication(app, organization, { type: 'native', grant_types: [grant], redirect_uris: [] }),
      oidc.None(),
    );
    const shown = await oidc.initiateDeviceAuthorization(client, { scope: 'openid' });
    const browser = new Browser(app.origin).as(organization, owner);
    const path = `/o/${organization.slug}/device`;
    const guess = async (code: string) => {
      const { fields } = formOf((await browser.go(path)).text);
      return browser.go(path, { form: { ...fields, user_code: code } });
    };
    for (let count = 0; count < 100; count += 1) await guess('BBBB-BBBB');

    const right = await guess(shown.user_code);

    expect(right.text).not.toContain('name="confirm"');
  });

  it('cannot be connected by a form of another site', async () => {
    const { shown } = await device();
    const browser = new Browser(app.origin).as(acme, olga);

    const forged = await browser.go('/o/acme/device', {
      form: { xsrf: 'x', user_code: shown.user_code, confirm: 'yes' },
    });

    expect(forged.status).toBe(400);
  });

  it('keeps nothing that can be read back', async () => {
    const { shown } = await device();

    const [{ dump }] = (await app.sql<{ dump: string }>(
      `select string_agg(a::text, '') as dump from tenantry.oidc_artifacts a where kind = 'DeviceCode'`,
    )) as [{ dump: string }];

    expect(dump).not.toContain(shown.device_code);
    expect(dump).not.toContain(shown.user_code.replace('-', ''));
  });
});
