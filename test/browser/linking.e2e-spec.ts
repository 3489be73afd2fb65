import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { accountsOf } from '../accounts/world.js';
import { Upstream } from '../providers/upstream.js';
import { callbackOf, givenMax, givenProvider, outboundOpen } from '../providers/world.js';
import { describeInBrowser, TestBrowser } from '../support/browser.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { press } from './steps.js';

let app: TestApp;
let browser: TestBrowser;
let upstream: Upstream;
let organization: TestOrganization;
let owner: TestUser;

describeInBrowser('With an account elsewhere', () => {
  beforeAll(async () => {
    app = await startApp({ env: outboundOpen });
    browser = await TestBrowser.start(app);
  });
  afterAll(async () => {
    await browser.stop();
    await app.stop();
  });
  beforeEach(async () => {
    ({ organization, owner } = await app.given.organization());
    upstream = await new Upstream().start([callbackOf(app, organization)]);
    await givenProvider(app, organization, owner, {
      issuer: upstream.issuer,
      displayName: 'Upstream',
      trustedDomains: [`${organization.slug}.example`],
    });
  });
  afterEach(async () => {
    await browser.leave();
    await upstream.stop();
  });

  it.each([true, false])(
    'people link it and sign in with it from then on (scripts: %s)',
    async (javaScript) => {
      const max = await app.given.user(organization);
      givenMax(upstream);
      const page = await browser.visitor({ javaScript, signedIn: { organization, token: max.token } });

      await page.goto(`/o/${organization.slug}/account/linked-accounts`);
      await press(page, 'Link Upstream');
      await page.getByRole('link', { name: 'Continue to Upstream' }).click();
      await page.getByText('The account is linked.').waitFor();
      expect(await page.getByText('max@upstream.example').count()).toBe(1);

      const elsewhere = await browser.visitor({ javaScript });
      await elsewhere.goto(`/o/${organization.slug}/sign-in`);
      await elsewhere.getByRole('link', { name: /Upstream/ }).click();
      await elsewhere.waitForURL(/\/account$/);
      expect(await elsewhere.getByText(max.email).count()).toBeGreaterThan(0);

      await page.getByRole('button', { name: /^Unlink Upstream/ }).click();
      await page.getByText('The account is unlinked.').waitFor();
      expect(await accountsOf(app, max.id)).toEqual([]);
      await elsewhere.reload();
      await elsewhere.waitForURL(/\/sign-in/);
    },
  );

  it.each([true, false])(
    'people of the organization’s own domain are led there by their address (scripts: %s)',
    async (javaScript) => {
      const domain = `${organization.slug}.example`;
      await app.sql(
        `insert into email_domains (org_id, domain, challenge, provider_id, verified_at)
         select org_id, $2, repeat('c', 43), id, now() from oauth_providers where org_id = $1`,
        [organization.id, domain],
      );
      await app.api
        .as(owner)
        .put(`/v1/organizations/${organization.slug}/policies/sign-in`, { identifierFirst: true });
      givenMax(upstream, { email: `new@${domain}` });
      const page = await browser.visitor({ javaScript });

      await page.goto(`/o/${organization.slug}/sign-in`);
      await page.getByLabel('E-mail address or user name').fill(`new@${domain}`);
      await press(page, 'Continue');

      await page.waitForURL(/\/account$/);
      expect(await page.getByText(`new@${domain}`).count()).toBeGreaterThan(0);
    },
  );
});
