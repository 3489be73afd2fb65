import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Party } from '../conformance/party.js';
import { describeInBrowser, TestBrowser } from '../support/browser.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

/** Another site, not just another port: browsers tell them apart by name. */
let site: Server;
let siteOrigin: string;
/** What its page posts, and where. */
let form: URL;

describeInBrowser('An application that sends people by a form', () => {
  let app: TestApp;
  let browser: TestBrowser;
  let acme: TestOrganization;
  let olga: TestUser;
  let party: Party;

  beforeAll(async () => {
    site = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(request.url === '/go' ? pageOf(form) : 'back');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    siteOrigin = `http://localhost:${(site.address() as AddressInfo).port}`;
    app = await startApp();
    browser = await TestBrowser.start(app);
    ({ organization: acme, owner: olga } = await app.given.organization());
    party = await Party.register(app, acme, olga, {
      consent: 'none',
      redirectUris: [`${siteOrigin}/callback`],
      postLogoutRedirectUris: [`${siteOrigin}/bye`],
    });
  });
  afterAll(async () => {
    await browser.stop();
    await app.stop();
    site.close();
  });

  it.each([true, false])(
    'gets them back without a question when they are signed in (JavaScript: %s)',
    async (javaScript) => {
      const token = await app.given.session(olga);
      const page = await browser.visitor({ javaScript, signedIn: { organization: acme, token } });
      form = party.request({ redirect_uri: `${siteOrigin}/callback`, prompt: 'none' }).url;

      await page.goto(`${siteOrigin}/go`);
      await page.getByRole('button', { name: 'Go' }).click();
      if (!javaScript) await page.getByRole('button').click();
      await page.waitForURL(/\/callback\?/);

      expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
    },
  );

  it('signs them out', async () => {
    const token = await app.given.session(olga);
    const page = await browser.visitor({ signedIn: { organization: acme, token } });
    form = new URL(party.server.end_session_endpoint!);
    form.search = new URLSearchParams({
      client_id: party.client.client_id,
      post_logout_redirect_uri: `${siteOrigin}/bye`,
      state: 'after',
    }).toString();

    await page.goto(`${siteOrigin}/go`);
    await page.getByRole('button', { name: 'Go' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/bye\?state=after$/);

    expect((await app.api.as({ token }).get('/v1/session')).status).toBe(401);
  });
});

function pageOf({ origin, pathname, searchParams }: URL): string {
  const inputs = [...searchParams].map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  return `<form method="post" action="${origin}${pathname}">${inputs.join('')}<button>Go</button></form>`;
}
