import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { press, signIn } from '../browser/steps.js';
import { clientOf, codeRequest, givenApplication } from '../oidc/world.js';
import { expectGoodLooks } from '../support/accessibility.js';
import { describeInBrowser, type Page, TestBrowser } from '../support/browser.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let browser: TestBrowser;
let wiki: Server;
/** Of the application: another site, as far as the browser is concerned. */
let wikiOrigin: string;

async function world() {
  const { organization, owner } = await app.given.organization({
    name: 'Acme Publishing',
    registration: { mode: 'open', domains: ['acme.example'] },
  });
  const root = `/v1/organizations/${organization.slug}`;
  await app.api.as(owner).put(`${root}/policies/sign-in`, { magicLink: true });
  for (const type of ['email_verification', 'password_reset', 'magic_link'])
    await app.api
      .as(owner)
      .put(`${root}/verification-token-types/${type}`, { lifetimeSeconds: null, codeLength: 6 });
  const max = await app.given.user(organization, { fullName: 'Max Member', emailVerifiedAt: new Date() });
  const application = await givenApplication(app, organization, {
    name: 'Newsroom Wiki',
    consent: 'required',
    redirect_uris: [`${wikiOrigin}/callback`],
    post_logout_redirect_uris: [`${wikiOrigin}/bye`],
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
  });
  const client = await clientOf(app, organization, application);
  await app.mailbox.clear();
  const askFor = async (parameters: Record<string, string> = {}): Promise<string> =>
    (await codeRequest(client, { redirect_uri: `${wikiOrigin}/callback`, ...parameters })).url.href;
  return { organization, max, application, client, askFor, path: `/o/${organization.slug}` };
}

const atWiki = (page: Page, place: string): Promise<void> => page.waitForURL(`${wikiOrigin}/${place}**`);

describeInBrowser('Signing in with a browser', () => {
  beforeAll(async () => {
    wiki = createServer(
      (_, answer) => void answer.setHeader('content-type', 'text/html').end('<h1>Wiki</h1>'),
    );
    await new Promise<void>((done) => wiki.listen(0, '127.0.0.1', done));
    wikiOrigin = `http://127.0.0.1:${(wiki.address() as AddressInfo).port}`;
    app = await startApp();
    browser = await TestBrowser.start(app);
  });
  afterAll(async () => {
    await browser.stop();
    await app.stop();
    wiki.close();
  });
  afterEach(() => browser.leave());

  it.each([
    ['with', true],
    ['without', false],
  ])('goes from an application through every page and back, %s scripts', async (_, javaScript) => {
    const { max, application, askFor, path } = await world();
    const page = await browser.visitor({ javaScript });

    await page.goto(await askFor());
    await signIn(page, max);
    await press(page, 'Allow');
    await atWiki(page, 'callback');
    await page.goto(await askFor({ prompt: 'login' }));
    await page.getByLabel('Password', { exact: true }).fill(testPassword);
    await press(page, 'Confirm');
    await atWiki(page, 'callback');
    await page.goto(await askFor({ prompt: 'select_account' }));
    await press(page, 'Go on with this account');
    await atWiki(page, 'callback');
    const bye = encodeURIComponent(`${wikiOrigin}/bye`);
    await page.goto(`${path}/session/end?client_id=${application.id}&post_logout_redirect_uri=${bye}`);
    await press(page, 'Sign out');
    await atWiki(page, 'bye');
    await page.goto(await askFor());
    await page.getByLabel('E-mail address or user name').fill(max.email);
    await press(page, 'Mail me a link to sign in');
    const { link } = await app.mailbox.next(max.email);
    await page.goto(link!);
    expect(page.url()).not.toContain('token');
    await press(page, 'Sign in');
    await page.getByRole('link', { name: 'Continue' }).click();

    await atWiki(page, 'callback');
  });

  it('needs nothing but keys', async () => {
    const { max, path } = await world();
    const page = await browser.visitor();
    await page.goto(`${path}/sign-in`);

    await page.waitForFunction('document.activeElement.id === "identifier"');
    await page.keyboard.type(max.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the password of anybody');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    // What is wrong has the focus; its link leads to the field.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction('document.activeElement.id === "password"');
    expect(await page.getByLabel('E-mail address or user name').inputValue()).toBe(max.email);
    await page.keyboard.type(testPassword);
    await page.keyboard.press('Enter');

    await page.waitForURL(`**${path}/account`);
  });

  it('looks good to everybody, also where something is wrong', async () => {
    const { max, path, client, askFor, organization } = await world();
    const page = await browser.visitor();
    const look = (name: string) => expectGoodLooks(page, name);

    await page.goto('/sign-in');
    await look('discovery');
    await page.goto(path);
    await look('landing');
    await page.goto(`${path}/sign-in`);
    await look('sign-in');
    await signIn(page, { ...max, password: 'not the password of anybody' });
    await look('sign-in-refused');
    await press(page, 'Mail me a link to sign in');
    await look('magic-link');
    await page.goto(`${path}/forgotten-password`);
    await look('forgotten-password');
    await page.getByLabel('E-mail address or user name').fill(max.email);
    await press(page, 'Send the mail');
    await page.getByLabel('Code from the mail').fill('000000');
    await press(page, 'Save the password');
    await look('reset-refused');
    await page.goto(`${path}/sign-up`);
    await page.getByLabel('E-mail address').fill('mia');
    await page.getByLabel('Password', { exact: true }).fill(testPassword);
    await press(page, 'Create the account');
    await look('sign-up-refused');
    await page.getByLabel('E-mail address').fill('mia@acme.example');
    await page.getByLabel('Password', { exact: true }).fill(testPassword);
    await press(page, 'Create the account');
    await press(page, 'I have followed the link');
    await look('verification-refused');
    await page.goto(`${path}/auth?client_id=nobody`);
    await look('protocol-error');

    const signedIn = await browser.visitor({ signedIn: { organization, token: max.token } });
    const lookAt = async (address: string, name: string) => {
      await signedIn.goto(address);
      await expectGoodLooks(signedIn, name);
    };
    await lookAt(`${path}/sign-in?prompt=login`, 'again');
    await lookAt(await askFor({ scope: 'openid profile email phone roles' }), 'consent');
    await lookAt(await askFor({ prompt: 'select_account' }), 'choice');
    const device = await oidc.initiateDeviceAuthorization(client, { scope: 'openid' });
    await lookAt(`${path}/device`, 'device');
    await signedIn.getByLabel('Code').fill(device.user_code);
    await press(signedIn, 'Continue');
    await expectGoodLooks(signedIn, 'device-confirmation');
    await lookAt(`${path}/sign-out`, 'sign-out');
    await press(signedIn, 'Sign out');
    await expectGoodLooks(signedIn, 'signed-out');
  }, 60_000);
});
