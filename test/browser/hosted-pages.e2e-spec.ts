import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { clientOf, codeRequest, givenApplication } from '../oidc/world.js';
import { expectGoodLooks } from '../support/accessibility.js';
import { describeInBrowser, type Page, TestBrowser, type VisitorOptions } from '../support/browser.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { type ApplicationSite, openApplicationSite } from './application-site.js';
import { press, signIn } from './steps.js';

const newPassword = 'copper bicycle 19 beneath Tall Pines';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

let app: TestApp;
let browser: TestBrowser;
let site: ApplicationSite;
let acme: TestOrganization;
let olga: TestUser;
let max: TestUser;

const address = (path: string): string => `/o/${acme.slug}/${path}`;

async function givenPolicy(name: string, policy: object): Promise<void> {
  const path = `/v1/organizations/${acme.slug}/policies/${name}`;
  expect((await app.api.as(olga).put(path, policy)).status).toBe(200);
}

/** Mails carry a code beside the link from now on. */
async function givenCodes(type: string): Promise<void> {
  const path = `/v1/organizations/${acme.slug}/verification-token-types/${type}`;
  expect((await app.api.as(olga).put(path, { lifetimeSeconds: null, codeLength: 6 })).status).toBe(200);
}

async function mailTo(email: string): Promise<{ link: string; code: string | undefined }> {
  const { link, text } = (await app.mailbox.all(email)).at(-1)!;
  return { link: link!, code: /\b(\d{6})\b/.exec(text)?.[1] };
}

async function whoIsSignedIn(page: Page): Promise<string | null> {
  const answer = await page.request.get(`/v1/session?organization=${acme.slug}`);
  return answer.ok() ? ((await answer.json()) as { user: { email: string } }).user.email : null;
}

const toAccount = (page: Page): Promise<void> => page.waitForURL(`**${address('account')}`);

describeInBrowser('The pages of an organization', () => {
  beforeAll(async () => {
    app = await startApp();
    browser = await TestBrowser.start(app);
    site = await openApplicationSite();
  });
  afterAll(async () => {
    await site?.close();
    await browser?.stop();
    await app.stop();
  });
  beforeEach(async () => {
    ({ organization: acme, owner: olga } = await app.given.organization());
    max = await app.given.user(acme, { fullName: 'Max Member', emailVerifiedAt: new Date() });
    await app.mailbox.clear();
  });
  afterEach(() => browser.leave());

  const ways: [string, VisitorOptions][] = [
    ['with JavaScript, at a desk', { javaScript: true, on: 'desktop' }],
    ['without, on a phone', { javaScript: false, on: 'phone' }],
  ];

  for (const [way, options] of ways) {
    /** Once: scripts or not, a page is the same. */
    const look = async (page: Page, name: string): Promise<void> => {
      if (options.javaScript) await expectGoodLooks(page, name);
    };

    it(`sign up, by the code of a mail (${way})`, async () => {
      await givenPolicy('registration', { mode: 'open' });
      await givenCodes('email_verification');
      const page = await browser.visitor(options);
      const mia = `mia@${acme.slug}.example`;

      await page.goto(`/o/${acme.slug}`);
      await page.getByRole('link', { name: 'Create an account' }).click();
      await page.getByLabel('E-mail address').fill(mia);
      await page.getByLabel('Password', { exact: true }).fill('short');
      await look(page, 'sign-up');
      await press(page, 'Create the account');
      await page.getByText('Too short: 15 characters are needed.').first().waitFor();
      await page.getByLabel('Password', { exact: true }).fill(newPassword);
      await press(page, 'Create the account');

      await page.getByText(`We have sent a mail to ${mia}.`).waitFor();
      await look(page, 'sign-up-waiting');
      await page.getByLabel('Code from the mail').fill((await mailTo(mia)).code!);
      await press(page, 'Use the code');
      await toAccount(page);
      expect(await whoIsSignedIn(page)).toBe(mia);
    });

    it(`sign up, by the link of a mail (${way})`, async () => {
      await givenPolicy('registration', { mode: 'open' });
      const page = await browser.visitor(options);
      const mia = `mia@${acme.slug}.example`;

      await page.goto(address('sign-up'));
      await page.getByLabel('E-mail address').fill(mia);
      await page.getByLabel('Password', { exact: true }).fill(newPassword);
      await press(page, 'Create the account');
      await page.getByText(`We have sent a mail to ${mia}.`).waitFor();
      await page.goto((await mailTo(mia)).link);
      if (options.javaScript) expect(page.url()).not.toContain('token');
      await look(page, 'verify-email');
      await press(page, 'Confirm the address');
      await look(page, 'verified');
      await page.getByRole('link', { name: 'Continue' }).click();

      await toAccount(page);
      expect(await whoIsSignedIn(page)).toBe(mia);
    });

    it(`sign in, after a mistake, and out again (${way})`, async () => {
      const page = await browser.visitor(options);

      await page.goto(address('account'));
      await page.waitForURL(/\/sign-in/);
      await signIn(page, { email: max.email, password: 'not the password at all' });
      await page.getByText('That does not fit together').first().waitFor();
      await page.getByLabel('Password', { exact: true }).fill(testPassword);
      await press(page, 'Sign in');
      await toAccount(page);
      expect(await whoIsSignedIn(page)).toBe(max.email);

      await page.goto(address('sign-out'));
      await press(page, 'Sign out');
      await page.getByText('This browser is not signed in').waitFor();
      expect(await whoIsSignedIn(page)).toBeNull();
    });

    it(`sign in with a link instead of the password (${way})`, async () => {
      await givenPolicy('sign-in', { magicLink: true });
      const page = await browser.visitor(options);

      await page.goto(address('sign-in'));
      await page.getByLabel('E-mail address or user name').fill(max.email);
      await press(page, 'Mail me a link to sign in');
      await page.getByText('a mail with a link is on its way').waitFor();
      await page.goto((await mailTo(max.email)).link);
      await look(page, 'magic-link');
      await press(page, 'Sign in');
      await page.getByRole('link', { name: 'Continue' }).click();

      await toAccount(page);
      expect(await whoIsSignedIn(page)).toBe(max.email);
    });

    it(`give another password to who forgot it (${way})`, async () => {
      const page = await browser.visitor(options);

      await page.goto(address('sign-in'));
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('E-mail address or user name').fill(max.email);
      await press(page, 'Send the mail');
      await page.getByText(`If there is an account for ${max.email}`).waitFor();
      await look(page, 'reset-waiting');
      await page.goto((await mailTo(max.email)).link);
      await look(page, 'new-password');
      await page.getByLabel('New password', { exact: true }).fill(newPassword);
      await press(page, 'Save the password');
      await look(page, 'new-password-saved');
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, { email: max.email, password: newPassword });

      await toAccount(page);
      expect(await whoIsSignedIn(page)).toBe(max.email);
    });

    it(`send people back to an application, if they allow it (${way})`, async () => {
      const application = await givenApplication(app, acme, {
        name: 'Wiki',
        consent: 'required',
        redirect_uris: [site.callback],
      });
      const client = await clientOf(app, acme, application);
      const page = await browser.visitor(options);

      const refused = await codeRequest(client, { redirect_uri: site.callback });
      await page.goto(refused.url.href);
      await look(page, 'sign-in-for-application');
      await signIn(page, { email: max.email, password: testPassword });
      await page.getByRole('heading', { name: 'Allow Wiki?' }).waitFor();
      await press(page, 'Do not allow');
      await page.getByText('You have arrived.').waitFor();
      expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');

      const allowed = await codeRequest(client, { redirect_uri: site.callback });
      await page.goto(allowed.url.href);
      await press(page, 'Allow');
      await page.getByText('You have arrived.').waitFor();
      const tokens = await oidc.authorizationCodeGrant(client, new URL(page.url()), {
        pkceCodeVerifier: allowed.verifier,
        expectedState: allowed.state,
        expectedNonce: allowed.nonce,
      });
      expect(tokens.claims()!.sub).toBe(max.id);
    });

    it(`answer an application by a form, on another site (${way})`, async () => {
      const application = await givenApplication(app, acme, { redirect_uris: [site.callback] });
      const client = await clientOf(app, acme, application);
      const page = await browser.visitor(options);

      const { url, state } = await codeRequest(client, {
        redirect_uri: site.callback,
        response_mode: 'form_post',
      });
      await page.goto(url.href);
      await signIn(page, { email: max.email, password: testPassword });
      if (!options.javaScript) await press(page, 'Continue');
      await page.getByText('You have arrived.').waitFor();

      expect(site.lastForm().get('state')).toBe(state);
      expect(site.lastForm().get('code')).toMatch(/./);
    });

    it(`connect a device (${way})`, async () => {
      const application = await givenApplication(app, acme, {
        name: 'Wall screen',
        type: 'native',
        grant_types: [deviceGrant],
        redirect_uris: [],
      });
      const client = await clientOf(app, acme, application, oidc.None());
      const shown = await oidc.initiateDeviceAuthorization(client, { scope: 'openid email' });
      const page = await browser.visitor(options);

      await page.goto(shown.verification_uri);
      await page.getByLabel('Code').fill(shown.user_code);
      await press(page, 'Continue');
      await page.getByRole('heading', { name: 'Is this your device?' }).waitFor();
      await press(page, 'Yes, connect it');
      await signIn(page, { email: max.email, password: testPassword });
      await page.getByRole('heading', { name: 'The device is connected' }).waitFor();
      await look(page, 'device-connected');

      const tokens = await oidc.genericGrantRequest(client, deviceGrant, { device_code: shown.device_code });
      expect(tokens.claims()!.sub).toBe(max.id);
    });
  }

  it('can be read in German', async () => {
    await givenPolicy('registration', { mode: 'open' });
    await givenPolicy('sign-in', { magicLink: true });
    const page = await browser.visitor({ language: 'de' });

    for (const path of ['sign-in', 'sign-up', 'forgotten-password', 'device', 'signed-out']) {
      await page.goto(address(path));
      expect(await page.getAttribute('html', 'lang')).toBe('de');
      await expectGoodLooks(page, `german-${path}`);
    }
    await page.goto('/sign-in');
    await expectGoodLooks(page, 'german-discovery');
  });
});
