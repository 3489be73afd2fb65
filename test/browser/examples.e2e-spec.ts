import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser, type Page, TestBrowser } from '../support/browser.js';
import { RunningExamples } from '../support/running-examples.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { press, signIn } from './steps.js';

const slugs = ['acme', 'globex'] as const;
const examples = {} as Record<(typeof slugs)[number], RunningExamples>;
let app: TestApp;
let browser: TestBrowser;

describeInBrowser('The examples, for two organizations on one server,', () => {
  beforeAll(async () => {
    app = await startApp();
    browser = await TestBrowser.start(app);
    for (const slug of slugs) {
      examples[slug] = await RunningExamples.prepare(app, slug);
      await examples[slug].start('web-app', 'single-page-app', 'service');
    }
  });
  afterAll(async () => {
    await browser?.stop();
    for (const running of Object.values(examples)) await running.stop();
    await app.stop();
  });
  afterEach(() => browser.leave());

  it.each(slugs)('sign people of %s in to the web application, and out again', async (slug) => {
    const { settings, people } = examples[slug];
    const person = people[slug === 'acme' ? 0 : 1]!;
    // Neither the application nor Tenantry needs a script.
    const javaScript = slug === 'acme';
    const page = await browser.visitor({ javaScript });

    await page.goto(settings.WEB_APP_URL);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, person);
    await press(page, 'Allow');
    await page.waitForURL(`${settings.WEB_APP_URL}/`);
    await page.getByText(person.email).waitFor();

    // The owner may do everything, a member without a role may only read.
    const answers = slug === 'acme' ? 'Reading: 200. Publishing: 201.' : 'Reading: 200. Publishing: 403.';
    for (const _ of ['a refresh', 'and another']) {
      await press(page, 'Call the API');
      await page.getByText(answers).waitFor();
      await page.goto(settings.WEB_APP_URL);
    }

    // Its id token says who leaves, so nobody is asked.
    await press(page, 'Sign out');
    if (!javaScript) await press(page, 'Continue');
    await page.waitForURL(`${settings.WEB_APP_URL}/`);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await toBeAskedAgain(page);
  });

  it.each(slugs)('sign people of %s in to the page in a browser, and out again', async (slug) => {
    const { settings, people } = examples[slug];
    const [, member] = people;
    const page = await browser.visitor();

    await page.goto(settings.PAGE_URL);
    await press(page, 'Sign in');
    await signIn(page, member!);
    await press(page, 'Allow');
    await page.getByText(`Signed in as Max Meier (${member!.email})`).waitFor();
    expect(page.url()).toBe(`${settings.PAGE_URL}/`);

    await press(page, 'Get new tokens');
    await page.getByText('There are new tokens.').waitFor();
    await page.reload();
    await page.getByText(`Signed in as Max Meier (${member!.email})`).waitFor();

    await press(page, 'Sign out');
    await page.getByText('Not signed in').waitFor();
    await press(page, 'Sign in');
    await toBeAskedAgain(page);
  });
});

async function toBeAskedAgain(page: Page): Promise<void> {
  await page.getByLabel('Password', { exact: true }).waitFor();
}
