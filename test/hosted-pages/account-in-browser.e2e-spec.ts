import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { accountPaths } from '../../src/hosted-pages/account/account-addresses.js';
import * as images from '../media/images.js';
import { Browser as ProtocolBrowser, clientOf, givenApplication, signInTo } from '../oidc/world.js';
import { expectGoodLooks } from '../support/accessibility.js';
import { describeInBrowser, type Page, TestBrowser } from '../support/browser.js';
import { testPassword } from '../support/given.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';

describeInBrowser('The account page', () => {
  let directory: string;
  let app: TestApp;
  let browser: TestBrowser;
  let organization: TestOrganization;
  let max: TestUser;

  beforeAll(async () => {
    directory = makeTemporaryDirectory('account-in-browser');
    app = await startApp({ env: { DATA_DIR: directory } });
    browser = await TestBrowser.start(app);
  });
  afterAll(async () => {
    await browser.stop();
    await app.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    ({ organization } = await app.given.organization({ name: 'Northwind Traders' }));
    max = await app.given.user(organization, {
      fullName: 'Maximilian Weber',
      email: 'maximilian.weber@northwind-traders.example',
    });
  });
  afterEach(() => browser.leave());

  const signedIn = () => ({ organization, token: max.token });
  const open = (page: Page, path = '') => page.goto(`/o/${organization.slug}/account${path}`);

  async function givenALot(): Promise<void> {
    await app.api.as(max).patch('/v1/me/profile', { displayName: 'Max', timeZone: 'Europe/Berlin' });
    await app.given.session(max);
    await app.sql(
      `update sessions set user_agent = $2, ip = '2001:db8:85a3::8a2e:370:7334' where user_id = $1 and id = (
         select id from sessions where user_id = $1 order by created_at desc limit 1)`,
      [max.id, phone],
    );
    await app.sql(
      `insert into verification_token_types (org_id, type, lifetime_seconds, code_length)
       values ($1, 'email_change', 3600, 6), ($1, 'email_verification', 3600, 6)`,
      [organization.id],
    );
    const email = 'max@a-rather-long-name-of-a-domain.weber.example';
    await app.api.as(max).put('/v1/me/email', { email, currentPassword: testPassword });
    for (const name of ['Wiki', 'Travel expenses of the whole company']) {
      const application = await givenApplication(app, organization, { name });
      const client = await clientOf(app, organization, application);
      await signInTo(client, new ProtocolBrowser(app.origin).as(organization, max));
    }
  }

  it('can be read by everybody, in each look and on a narrow phone', async () => {
    await givenALot();
    const page = await browser.visitor({ signedIn: signedIn() });

    for (const path of accountPaths) {
      await open(page, path.slice('account'.length));
      await expectGoodLooks(page, path.replaceAll('/', '-'));
      await page.setViewportSize({ width: 360, height: 640 });
      expect({ [path]: await page.evaluate('document.documentElement.scrollWidth') }).toEqual({
        [path]: 360,
      });
    }
  }, 120_000);

  it('can be read in German, and with everything that is wrong', async () => {
    await givenALot();
    const page = await browser.visitor({ signedIn: signedIn(), language: 'de' });
    const wrong: [string, string, Record<string, string>][] = [
      ['/profile', 'Profil speichern', { phoneNumber: '030 123', fullName: 'x'.repeat(10) }],
      ['/email', 'Mit dem Code bestätigen', {}],
      ['/email/change', 'E-Mail schicken', { email: 'max' }],
      ['/password', 'Passwort ändern', { currentPassword: 'x', password: 'kurz', again: 'kürzer' }],
      ['/deletion', 'Mein Konto löschen', {}],
    ];

    for (const [path, button, typed] of wrong) {
      await open(page, path);
      for (const [name, value] of Object.entries(typed)) await page.locator(`[name=${name}]`).fill(value);
      await page.getByRole('button', { name: button }).first().click();
      await page.getByRole('alert').waitFor();
      // Whoever hears the page is led to what is wrong.
      expect(await page.evaluate('document.activeElement.getAttribute("aria-labelledby")')).toBe(
        'errors-title',
      );
      await expectGoodLooks(page, `wrong${path.replaceAll('/', '-')}`);
    }
  }, 120_000);

  it('is used with the keyboard alone', async () => {
    const page = await browser.visitor({ signedIn: signedIn() });
    await open(page);

    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Open: Profile');
    await page.keyboard.press('Enter');
    await page.getByLabel('Display name').focus();
    await page.keyboard.type('Max');
    await page.keyboard.press('Enter');

    await page.getByRole('status').filter({ hasText: 'Your profile is saved.' }).waitFor();
    expect((await app.api.as(max).get('/v1/me/profile')).body.displayName).toBe('Max');
  });

  it.each([true, false])('changes picture and password (JavaScript: %s)', async (javaScript) => {
    const page = await browser.visitor({ signedIn: signedIn(), javaScript, on: 'phone' });
    await open(page, '/profile');

    await page.getByLabel('New picture').setInputFiles({
      name: 'me.png',
      mimeType: 'image/png',
      buffer: await images.png(),
    });
    await page.getByRole('button', { name: 'Save picture' }).click();
    await page.getByText('Your picture is saved.').waitFor();
    await page.waitForLoadState();
    expect(await page.evaluate('document.querySelector("img.avatar").naturalWidth')).toBe(512);

    await open(page, '/password');
    const next = 'copper bicycle 19 beneath Tall Pines';
    await page.getByLabel('Current password').fill(testPassword);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password once more').fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed.').waitFor();
    // Reloading sends nothing again.
    await page.reload();
    expect(await app.given.auditOf(organization)).toEqual(['picture.changed', 'password.changed']);
  });

  it.each([true, false])(
    'is come back to from signing in, and from signing in again (JavaScript: %s)',
    async (javaScript) => {
      const page = await browser.visitor({ javaScript });
      const signIn = async (): Promise<void> => {
        await page.locator('[name=password]').fill(testPassword);
        await page.locator('main form button').first().click();
      };

      await open(page, '/email/change');
      await page.waitForURL(/\/sign-in/);
      await page.locator('[name=identifier]').fill(max.email);
      if (!(await page.locator('[name=password]').isVisible()))
        await page.locator('main form button').first().click();
      await signIn();
      await page.waitForURL(/\/account\/email\/change$/);

      await app.given.timePasses(organization, '11 minutes');
      await open(page, '/deactivation');
      await page.waitForURL(/\/sign-in\?return_to=account-deactivation&prompt=login$/);
      await signIn();
      await page.waitForURL(/\/account\/deactivation$/);
      await page.getByRole('button', { name: 'Deactivate my account' }).click();
      await page.getByText('Your account is deactivated').waitFor();
    },
  );

  it('gives the file with everything, and signs out', async () => {
    const page = await browser.visitor({ signedIn: signedIn() });
    await open(page, '/data');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download my data' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('my-account.json');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/signed-out$/);
    expect(await app.api.as(max).get('/v1/me')).toBeProblem('unauthenticated');
  });
});
