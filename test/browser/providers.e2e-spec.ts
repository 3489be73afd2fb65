import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { StandIn } from '../providers/stand-ins.js';
import { Upstream } from '../providers/upstream.js';
import { callbackOf, givenMax, givenProvider, outboundOpen } from '../providers/world.js';
import { expectGoodLooks } from '../support/accessibility.js';
import { describeInBrowser, TestBrowser } from '../support/browser.js';
import { givenApplication } from '../oidc/world.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let browser: TestBrowser;
let upstream: Upstream;
let wiki: StandIn;
let organization: TestOrganization;
let owner: TestUser;

describeInBrowser('By a provider', () => {
  beforeAll(async () => {
    app = await startApp({ env: outboundOpen });
    browser = await TestBrowser.start(app);
    ({ organization, owner } = await app.given.organization({ registration: { mode: 'open' } }));
    upstream = await new Upstream().start([callbackOf(app, organization)]);
    wiki = await new StandIn().start();
    wiki.handlers['/callback'] = (_asked, response) => void response.end('<h1>Welcome to the wiki</h1>');
    givenMax(upstream);
    const google = { clientId: 'google', clientSecret: 'google' };
    await givenProvider(app, organization, owner, { name: 'google', type: 'google', ...google });
    await givenProvider(app, organization, owner, { name: 'github', type: 'github', ...google });
    await givenProvider(app, organization, owner, { issuer: upstream.issuer, displayName: 'Upstream' });
  });
  afterAll(async () => {
    await browser?.stop();
    await app?.stop();
    await upstream?.stop();
    await wiki?.stop();
  });

  it.each([true, false])(
    'people come from an application and go back to it (scripts: %s)',
    async (javaScript) => {
      const redirect = `${wiki.origin}/callback`;
      const { id } = await givenApplication(app, organization, { redirect_uris: [redirect] });
      const page = await browser.visitor({ javaScript });
      const query = new URLSearchParams({
        client_id: id,
        redirect_uri: redirect,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });

      await page.goto(`/o/${organization.slug}/auth?${query.toString()}`);
      await page.getByRole('link', { name: 'Continue with Upstream' }).click();
      await page.getByText('Welcome to the wiki').waitFor();

      expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
      await browser.leave();
    },
  );

  it('they see what they can choose, and what went wrong, in every look', async () => {
    const page = await browser.visitor({});
    await page.goto(`/o/${organization.slug}/sign-in`);
    await expectGoodLooks(page, 'sign-in-with-providers');

    upstream.mischief = { idToken: (claims, { unsigned }) => unsigned(claims) };
    await page.getByRole('link', { name: 'Continue with Upstream' }).click();
    await page.getByRole('alert').waitFor();
    await expectGoodLooks(page, 'provider-failure');
    expect(new URL(page.url()).search).toBe('');
    upstream.mischief = {};
    await browser.leave();
  });

  it('administrators see what a test has brought', async () => {
    const path = `/v1/organizations/${organization.slug}/providers/upstream/test`;
    const { body } = await app.api.as(owner).post(path);
    const page = await browser.visitor({});
    await page.goto((body as { startUrl: string }).startUrl.slice(app.origin.length));
    await page.getByRole('link', { name: 'Go on to Upstream' }).click();
    await page.getByText('The test went well').first().waitFor();

    await expectGoodLooks(page, 'provider-test');
    await browser.leave();
  });
});
