import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountPaths } from '../../src/hosted-pages/account/account-addresses.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { AccountBrowser, textOf, valueIn } from './account-browser.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member', emailVerifiedAt: new Date() });
});

const browserOf = ({ token }: TestUser, language?: string) =>
  new AccountBrowser(app, organization, token, language);
/** What follows `/account`. */
const paths = accountPaths.map((path) => path.slice('account'.length));

describe('Every page of an account', () => {
  it('is there for whoever is signed in, and changes nothing', async () => {
    const before = await app.given.snapshot(organization);
    const browser = browserOf(max);

    for (const path of paths) {
      const page = await browser.open(path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(page.text.match(/aria-current="page"/g)).toHaveLength(2);
      expect(page.text.match(/<h1>/g)).toHaveLength(1);
      expect(page.text).not.toContain(max.token);
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('asks whoever is not signed in to do so, and knows the way back', async () => {
    const nobody = new AccountBrowser(app, organization, null);

    for (const path of paths) {
      const { status, headers, text } = await nobody.open(path);
      const place = `account${path}`.replaceAll('/', '-');
      expect([path, status]).toEqual([path, 303]);
      expect(headers['location']).toBe(`/o/${organization.slug}/sign-in?return_to=${place}`);
      expect(text).toBe('');
    }
  });

  it('opens for no cookie of another organization, under whatever name', async () => {
    const globex = await app.given.organization({ name: 'Globex' });
    const stranger = await app.given.user(globex.organization);
    const disguised = new AccountBrowser(app, organization, stranger.token);
    const open = new AccountBrowser(app, organization, null).withCookie(
      `tenantry-session-${globex.organization.slug}`,
      stranger.token,
    );
    const key = await app.given.apiKey(owner);
    const program = new AccountBrowser(app, organization, key.token);

    for (const path of paths)
      for (const browser of [disguised, open, program])
        expect([path, (await browser.open(path)).status]).toEqual([path, 303]);
  });

  it('takes no credential but the cookie', async () => {
    const page = await app.exchange.send({
      method: 'GET',
      path: `/o/${organization.slug}/account`,
      headers: { authorization: `Bearer ${max.token}` },
    });

    expect(page.status).toBe(303);
  });

  it('is gone with the session', async () => {
    const browser = browserOf(max);
    expect((await browser.open()).status).toBe(200);
    await app.sql(`update users set status = 'locked' where id = $1`, [max.id]);

    expect((await browser.open()).status).toBe(303);
  });

  it('of an organization that is not there, or suspended, is not there', async () => {
    const browser = browserOf(max);
    await app.sql(`update organizations set status = 'suspended' where id = $1`, [organization.id]);

    expect((await browser.open()).status).toBe(404);
    expect((await browser.get('/o/nowhere/account')).status).toBe(404);
  });

  it('speaks the language of the profile, unless another one is chosen, which then stays', async () => {
    await app.api.as(max).patch('/v1/me/profile', { locale: 'de-AT' });
    const browser = browserOf(max, 'en');

    const own = await browser.open('/sessions');
    const chosen = await browser.open('/sessions?ui_locales=en');

    expect(own.text).toContain('<html lang="de">');
    expect(textOf(own)).toContain('Dieses Gerät');
    expect(own.text).toContain(`href="/o/${organization.slug}/account/profile"`);
    expect(chosen.text).toContain('<html lang="en">');
    expect(chosen.text).toContain(`href="/o/${organization.slug}/account/profile?ui_locales=en"`);
    const profile = await browser.open('/profile?ui_locales=en');
    const saved = await browser.press(profile, 'save', { givenName: 'Max' });
    expect((await browser.follow(saved)).text).toContain('<html lang="en">');
  });

  it('shows names and addresses as text', async () => {
    const name = `<img src=x onerror="alert('1')"> & Söhne`;
    await app.sql('update users set full_name = $2 where id = $1', [max.id, name]);
    await app.sql(`update sessions set user_agent = '<script>alert(1)</script>' where user_id = $1`, [
      max.id,
    ]);
    const browser = browserOf(max);

    for (const path of paths) {
      const { text } = await browser.open(path);
      expect(text).not.toContain('<img src=x');
      expect(text).not.toContain('<script>alert');
    }
    expect((await browser.open()).text).toContain('&lt;img src=x onerror=');
  });
});

describe('A form of an account', () => {
  it('is refused from another site, and from another browser, and does nothing', async () => {
    const other = await app.given.session(max);
    const page = await browserOf(max).open('/sessions');
    const body = `action=endOthers&seal=${/name="seal" value="([^"]+)"/.exec(page.text)![1]}`;
    const path = `/o/${organization.slug}/account/sessions`;
    const before = await app.given.snapshot(organization);

    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-origin' },
    ]) {
      // A browser of the same person, which has not got this form.
      const response = await browserOf(max).send('POST', path, headers as never, body);
      expect(response.status).toBe(403);
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
    expect((await app.api.as({ ...max, token: other }).get('/v1/me')).status).toBe(200);
  });

  it('of one organization is none of another one, though it is the same browser', async () => {
    const globex = await app.given.organization({ name: 'Globex' });
    const browser = browserOf(max).withCookie(
      `tenantry-session-${globex.organization.slug}`,
      globex.owner.token,
    );
    const seal = valueIn(await browser.open('/profile'), 'seal')!;
    const before = await app.given.snapshot(globex.organization);

    const refused = await browser.send(
      'POST',
      `/o/${globex.organization.slug}/account/profile`,
      { 'sec-fetch-site': 'same-origin' },
      new URLSearchParams({ seal, action: 'removePicture' }).toString(),
    );

    expect(refused.status).toBe(403);
    expect(await app.given.snapshot(globex.organization)).toEqual(before);
  });

  it('that this browser has lost the cookie for is shown again, and does nothing', async () => {
    const browser = browserOf(max);
    const page = await browser.open('/profile');
    browser.withCookie('tenantry-browser', 'x'.repeat(43));

    const again = await browser.press(page, 'save', { fullName: 'Maximilian' });

    expect(again.status).toBe(403);
    expect(textOf(again)).toContain('Please send this once more.');
    expect(await app.given.auditOf(organization)).toEqual([]);
    const sent = await browser.press(again, 'save', { fullName: 'Maximilian' });
    expect(sent.status).toBe(303);
  });

  it('that no page has is not there', async () => {
    const browser = browserOf(max);
    const page = await browser.open('/profile');

    for (const action of ['', 'x', '__proto__', 'constructor', 'toString'])
      expect((await browser.press(page, 'save', { action })).status).toBe(404);

    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('does nothing for whoever has been signed out meanwhile', async () => {
    const browser = browserOf(max);
    const page = await browser.open('/profile');
    await app.api.as(max).delete('/v1/session');
    await app.given.forgetAudit(organization);

    const sent = await browser.press(page, 'save', { fullName: 'Maximilian' });

    expect(sent.headers['location']).toBe(`/o/${organization.slug}/sign-in?return_to=account-profile`);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('says on the next page what it has done, where nobody else can say it', async () => {
    const browser = browserOf(max);
    const saved = await browser.press(await browser.open('/profile'), 'save', { fullName: 'Maximilian' });
    const address = saved.headers['location']!;

    expect(address).not.toContain('Maximilian');
    expect(textOf(await browser.follow(saved))).toContain('Your profile is saved.');
    const elsewhere = await browserOf(max).get(address);
    expect(textOf(elsewhere)).not.toContain('is saved');
    for (const done of [
      'profileSaved',
      'profileSaved.x',
      `passwordChanged.${address.split('.')[1]}`,
      '__proto__',
    ])
      expect((await browser.open(`/profile?done=${done}`)).text).not.toContain('class="notice');
  });
});

describe('Signing out', () => {
  it('ends the session here, and only that one', async () => {
    const other = await app.given.session(max);
    const browser = browserOf(max);

    const out = await browser.signOut(await browser.open());

    expect(out.headers['location']).toBe(`/o/${organization.slug}/signed-out`);
    expect(out.cookies.find((cookie) => cookie.includes('-session-'))).toMatch(
      /=;.*Expires=Thu, 01 Jan 1970/,
    );
    expect(await app.given.auditOf(organization)).toEqual(['session.ended']);
    expect(await app.api.as(max).get('/v1/me')).toBeProblem('unauthenticated');
    expect((await app.api.as({ ...max, token: other }).get('/v1/me')).status).toBe(200);
  });

  it('twice is as good as once', async () => {
    const browser = browserOf(max);
    const page = await browser.open();

    await browser.signOut(page);
    const again = await browser.signOut(page);

    expect(again.status).toBe(303);
    expect(await app.given.auditOf(organization)).toEqual(['session.ended']);
  });
});

describe('The overview', () => {
  it('says who it is, and where everything else is', async () => {
    await app.given.session(max);

    const page = await browserOf(max).open();

    const text = textOf(page);
    expect(text).toContain('Max Member');
    expect(text).toContain(max.email);
    expect(text).toContain('Signed in on 2 devices');
    expect(text).toContain('Confirmed');
    for (const path of paths.filter((candidate) => !/change|deactivation|deletion/.test(candidate)))
      expect(page.text).toContain(`href="/o/${organization.slug}/account${path}"`);
  });
});
