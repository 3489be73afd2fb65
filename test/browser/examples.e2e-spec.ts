import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import {
  Browser as ProtocolBrowser,
  clientOf,
  codeRequest,
  givenApplication,
  signInTo,
} from '../oidc/world.js';
import { describeInBrowser, type Page, TestBrowser } from '../support/browser.js';
import { type ExampleSettings, RunningExamples } from '../support/running-examples.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';
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

  it.each(['WEB_APP_URL', 'PAGE_URL'] as const)(
    'refuse a code of the other organization (%s)',
    async (url) => {
      const { settings } = examples.acme;
      const answer = await answerFrom('globex', url);
      const code = answer.searchParams.get('code')!;
      expect(answer.searchParams.get('iss')).toBe(examples.globex.settings.ISSUER);

      const page = await browser.visitor();
      const state = await stateOfBeginning(page, settings[url]!);
      const forged = new URLSearchParams({ code, state, iss: settings.ISSUER });
      await page.goto(`${callbackOf(settings, url)}?${forged}`);

      await page.getByText(/That did not work|grant request is invalid/).waitFor();
      await page.goto(settings[url]!);
      await page.getByText('Sign in', { exact: true }).waitFor();
    },
  );

  it('let the service take tokens of its own organization only, and of whoever is signed in only', async () => {
    const [ofAcme, ofGlobex] = [await tokensOf('acme'), await tokensOf('globex')];

    // Reading is decided from the token alone; publishing is asked for.
    expect(await answersTo('acme', ofAcme.accessToken)).toEqual({ reading: 200, publishing: 201 });
    expect(await answersTo('globex', ofGlobex.accessToken)).toEqual({ reading: 200, publishing: 201 });
    expect(await answersTo('acme', ofAcme.sessionToken)).toEqual({ reading: 401, publishing: 201 });
    for (const token of [ofGlobex.accessToken, ofGlobex.sessionToken, 'nonsense'])
      expect(await answersTo('acme', token)).toEqual({ reading: 401, publishing: 403 });

    await app.api.as(ofAcme.sessionToken).delete('/v1/session');
    expect(await answersTo('acme', ofAcme.accessToken)).toEqual({ reading: 200, publishing: 403 });
    expect(await answersTo('acme', ofAcme.sessionToken)).toEqual({ reading: 401, publishing: 403 });
  });
});

async function toBeAskedAgain(page: Page): Promise<void> {
  await page.getByLabel('Password', { exact: true }).waitFor();
}

/** What Tenantry sends somebody back with who has just signed in for that example. */
async function answerFrom(slug: (typeof slugs)[number], url: 'WEB_APP_URL' | 'PAGE_URL'): Promise<URL> {
  const { settings } = examples[slug];
  const id = settings[url === 'PAGE_URL' ? 'PAGE_CLIENT_ID' : 'WEB_APP_CLIENT_ID']!;
  await app.sql(`update tenantry.applications set consent = 'none' where id = $1`, [id]);
  const { organization, sessionToken } = await sessionOf(slug);
  const client = await clientOf(app, organization, { id, secret: '' }, oidc.None());
  const request = await codeRequest(client, { redirect_uri: callbackOf(settings, url) });
  return new ProtocolBrowser(app.origin).as(organization, { token: sessionToken }).follow(request.url);
}

const callbackOf = (settings: ExampleSettings, url: 'WEB_APP_URL' | 'PAGE_URL'): string =>
  `${settings[url]}/${url === 'PAGE_URL' ? '' : 'callback'}`;

async function stateOfBeginning(page: Page, url: string): Promise<string> {
  const asked = page.waitForRequest(/\/auth\?/);
  await page.goto(url);
  await page.getByText('Sign in', { exact: true }).click();
  return new URL((await asked).url()).searchParams.get('state')!;
}

async function sessionOf(slug: (typeof slugs)[number]) {
  const [owner] = examples[slug].people;
  const { body } = await app.api.post(`/v1/organizations/${slug}/sign-in`, {
    identifier: owner!.email,
    password: owner!.password,
  });
  const [organization] = await app.sql<TestOrganization>(
    'select id, slug, name from tenantry.organizations where slug = $1',
    [slug],
  );
  return { organization: organization!, sessionToken: body.token as string };
}

/** A session of the owner, and an access token for the API of the example. */
async function tokensOf(slug: (typeof slugs)[number]) {
  const { ARTICLES_API: resource } = examples[slug].settings;
  const { organization, sessionToken } = await sessionOf(slug);
  const client = await clientOf(app, organization, await givenApplication(app, organization));
  const scope = 'openid articles:read';
  const browser = new ProtocolBrowser(app.origin).as(organization, { token: sessionToken });
  const { refresh_token: refreshToken } = await signInTo(client, browser, { scope, resource });
  const { access_token: accessToken } = await oidc.refreshTokenGrant(client, refreshToken!, { resource });
  return { sessionToken, accessToken };
}

async function answersTo(
  slug: (typeof slugs)[number],
  token: string,
): Promise<{ reading: number; publishing: number }> {
  const ask = (method: string) =>
    fetch(`${examples[slug].settings.SERVICE_URL}/articles`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
  return { reading: (await ask('GET')).status, publishing: (await ask('POST')).status };
}
