import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { expectGoodLooks, expectNoViolations } from '../support/accessibility.js';
import { describeInBrowser, TestBrowser } from '../support/browser.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
let browser: TestBrowser;
let acme: TestOrganization;

describeInBrowser('The browser of these tests', () => {
  beforeAll(async () => {
    app = await startApp();
    browser = await TestBrowser.start(app);
    ({ organization: acme } = await app.given.organization());
  });
  afterAll(async () => {
    await browser.stop();
    await app.stop();
  });
  afterEach(() => browser.leave());

  it('shows a page of this server in its own style', async () => {
    const page = await browser.visitor();

    await page.goto(`/o/${acme.slug}/password-reset?token=any`);

    await expectGoodLooks(page, 'new-password');
  });

  it('notices what axe notices', async () => {
    const page = await browser.visitor();
    await page.goto(`/o/${acme.slug}/password-reset?token=any`);
    await page.evaluate('document.documentElement.removeAttribute("lang")');

    const seen = expectNoViolations(page);

    await expect(seen).rejects.toThrow('html-has-lang');
  });

  it('notices what the policy of a page forbids', async () => {
    const page = await browser.visitor();
    await page.goto(`/o/${acme.slug}/password-reset`);

    await page.evaluate(
      'document.body.append(Object.assign(new Image(), { src: "https://elsewhere.example/" }))',
    );

    await expect(browser.leave()).rejects.toThrow('Content Security Policy');
  });

  it('runs no script for whoever wants none', async () => {
    const [scripted, plain] = [await browser.visitor(), await browser.visitor({ javaScript: false })];

    for (const page of [scripted, plain]) await page.goto(`/o/${acme.slug}/password-reset?token=any`);

    // The one script of these pages takes the secret out of the address.
    expect(scripted.url()).not.toContain('token');
    expect(plain.url()).toContain('token');
  });
});
