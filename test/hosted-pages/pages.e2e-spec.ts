import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser } from './browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const newPassword = 'copper bicycle 19 beneath Tall Pines';

const pages = {
  email_verification: 'verify-email',
  password_reset: 'password-reset',
  magic_link: 'magic-link',
  email_change: 'email-change',
} as const;
type TokenType = keyof typeof pages;

/** The address in the mail, with a token as the worker mints it. */
async function linkFor(organization: TestOrganization, type: TokenType, user: TestUser): Promise<string> {
  if (type === 'email_change')
    await app.sql('select request_email_change($1, $2, $3)', [organization.id, user.id, `new.${user.email}`]);
  const [issued] = await app.sql<{ token: string }>('select issue_token($1, $2, $3, null, $4) as token', [
    organization.id,
    type,
    user.id,
    JSON.stringify({ email: type === 'email_change' ? `new.${user.email}` : user.email }),
  ]);
  return `/o/${organization.slug}/${pages[type]}?token=${issued!.token}`;
}

async function world() {
  const { organization, owner } = await app.given.organization();
  const signIn = await app.api
    .as(owner)
    .put(`/v1/organizations/${organization.slug}/policies/sign-in`, { magicLink: true });
  expect(signIn.status).toBe(200);
  const max = await app.given.user(organization, { fullName: 'Max Member' });
  await app.given.forgetAudit(organization);
  return { organization, owner, max };
}

describe('Every page behind a link', () => {
  it.each(Object.keys(pages) as TokenType[])('of %s uses nothing up until somebody clicks', async (type) => {
    const { organization, max } = await world();
    const link = await linkFor(organization, type, max);
    const before = await app.given.snapshot(organization);
    const scanner = new Browser(app);

    for (const method of ['GET', 'HEAD', 'GET'])
      expect((await scanner.arriveAt(link, method)).status).toBe(200);

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(scanner.cookieNames).toEqual([`tenantry-link-${pages[type]}`, 'tenantry-browser']);
    const browser = new Browser(app);
    const done = await browser.submit(await browser.arriveAt(link), { password: newPassword });
    expect(done.status).toBe(200);
    expect(done.text).toContain('role="status"');
    expect(await app.given.auditOf(organization)).toHaveLength(1);
  });

  it('lets nothing in from elsewhere, and the token out of its address', async () => {
    const { organization, max } = await world();
    const link = await linkFor(organization, 'magic_link', max);
    const [path, token] = link.split('?token=');

    const browser = new Browser(app);
    const led = await browser.get(link);
    expect(led.status).toBe(303);
    expect(led.headers).toMatchObject({
      location: path,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(led.cookies).toEqual([
      expect.stringMatching(/^tenantry-link-magic-link=.*HttpOnly; SameSite=Lax/),
    ]);
    const { headers, text } = await browser.get(path!);

    const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy']!)![1]!;
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'`,
    );
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(text.match(/<(script|style)\b/g)).toEqual(['<style']);
    expect(text).toContain(`<style nonce="${nonce}"`);
    expect(text.split(token!)).toHaveLength(2);
    expect(text).toContain(`<input type="hidden" name="token" value="${token}"`);
    const again = await new Browser(app).arriveAt(link);
    expect(again.headers['content-security-policy']).not.toContain(nonce);
  });

  it('refuses a click that came from another site, and the link goes on working', async () => {
    const { organization, max } = await world();
    const link = await linkFor(organization, 'magic_link', max);
    const [path, token] = link.split('?');
    const before = await app.given.snapshot(organization);
    const attacks = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];

    for (const headers of attacks) {
      const browser = new Browser(app);
      const response = await browser.send('POST', path!, headers as never, token);
      expect(response.status).toBe(403);
      expect(response.text).toContain('from another site');
      expect(browser.cookieNames).toEqual([]);
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    const browser = new Browser(app);
    expect((await browser.submit(await browser.arriveAt(link))).status).toBe(200);
  });

  it('says the same of every dead link', async () => {
    const { organization, max } = await world();
    const globex = await app.given.organization({ name: 'Globex' });
    const stranger = await app.given.user(globex.organization);
    const used = await linkFor(organization, 'magic_link', max);
    await new Browser(app).submit(await new Browser(app).arriveAt(used));
    const foreign = await linkFor(globex.organization, 'magic_link', stranger);
    const other = await linkFor(organization, 'password_reset', max);
    const expired = await linkFor(organization, 'magic_link', max);
    await app.given.timePasses(organization, '11 minutes');
    const tokens = [used, foreign, other, expired].map((link) => link.split('=')[1]!);
    const path = `/o/${organization.slug}/magic-link`;

    for (const token of ['', 'x', '"><script>', 'x'.repeat(5_000), ...tokens]) {
      const answers = [
        await new Browser(app).arriveAt(`${path}?token=${encodeURIComponent(token)}`),
        await new Browser(app).send('POST', path, {}, new URLSearchParams({ token }).toString()),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(422);
        expect(answer.text).toContain('This link does not work');
        expect(answer.text).toContain('role="alert"');
        expect(answer.text).not.toContain('<form');
        expect(answer.text).not.toContain('"><script>');
      }
    }
  });

  it('of an organization that is not there, or suspended, is not there', async () => {
    const { organization, max } = await world();
    const link = await linkFor(organization, 'magic_link', max);
    const suspended = await app.given.organization();
    await app.sql(`update organizations set status = 'suspended' where id = $1`, [suspended.organization.id]);

    for (const slug of ['nowhere', suspended.organization.slug, organization.id, '%00', "x'--"]) {
      const page = await new Browser(app).arriveAt(link.replace(`/o/${organization.slug}/`, `/o/${slug}/`));
      expect(page.status).toBe(404);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.text).toContain('There is nothing here');
    }
  });

  it('speaks the language that is wanted, before and after the click', async () => {
    const { organization, max } = await world();
    const link = await linkFor(organization, 'password_reset', max);
    const german = new Browser(app, 'de-AT,de;q=0.9,en;q=0.5');
    const french = new Browser(app, 'fr');

    expect((await french.arriveAt(link)).text).toContain('<html lang="en">');
    expect((await french.arriveAt(`${link}&ui_locales=fr%20de`)).text).toContain('<html lang="de">');
    const page = await german.arriveAt(link);
    expect(page.text).toContain('<title>Neues Passwort wählen · Acme</title>');
    // What the form carries counts, whatever the next request says.
    const weak = await german.submit(page, { password: 'kurz' }, { 'accept-language': 'fr' });
    expect(weak.text).toContain('<title>Fehler: Neues Passwort wählen · Acme</title>');
    expect(weak.text).toContain('Zu kurz: 15 Zeichen sind nötig.');
    expect((await german.arriveAt('/o/acme/magic-link')).text).toContain('Dieser Link gilt nicht');
  });

  it('shows the names of organizations as text', async () => {
    const name = `<img src=x onerror="alert('1')"> & Söhne`;
    const { organization, owner } = await app.given.organization({ name });
    const link = await linkFor(organization, 'email_verification', owner);

    const { text } = await new Browser(app).arriveAt(link);

    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; Söhne');
  });

  it('takes forms only, of a size that fits', async () => {
    const { organization } = await world();
    const path = `/o/${organization.slug}/magic-link`;
    const post = (type: string, body: string) =>
      app.exchange.send({ method: 'POST', path, headers: { 'content-type': type }, body });
    const form = 'application/x-www-form-urlencoded';

    expect((await post('application/xml', '<token/>')).status).toBe(415);
    expect((await post(form, `token=${'x'.repeat(70_000)}`)).status).toBe(413);
    expect((await post(form, 'token=a&token=b&__proto__=c&constructor=d&%=')).status).toBe(422);
    expect((await post('application/json', '{"token":{"a":1}}')).status).toBe(422);
  });
});

describe('The page that verifies an address', () => {
  it('does that once', async () => {
    const { organization, owner, max } = await world();
    const browser = new Browser(app);
    const page = await browser.arriveAt(await linkFor(organization, 'email_verification', max));

    const done = await browser.submit(page);
    const again = await browser.submit(page);

    expect(done.text).toContain('Your address is confirmed');
    expect(again.status).toBe(422);
    const path = `/v1/organizations/${organization.slug}/users/${max.id}`;
    expect((await app.api.as(owner).get(path)).body.emailVerified).toBe(true);
  });
});

describe('The page that changes an address', () => {
  it('does that once, for an organization of its own', async () => {
    const { organization, owner, max } = await world();
    const globex = await app.given.organization({ name: 'Globex' });
    const link = await linkFor(organization, 'email_change', max);
    const elsewhere = link.replace(organization.slug, globex.organization.slug);
    const before = await app.given.snapshot(organization);
    const [path, token] = elsewhere.split('?');

    expect((await new Browser(app).arriveAt(elsewhere)).status).toBe(422);
    expect((await new Browser(app).send('POST', path!, {}, token)).status).toBe(422);
    expect(await app.given.snapshot(organization)).toEqual(before);

    const browser = new Browser(app);
    const done = await browser.submit(await browser.arriveAt(link));
    expect(done.text).toContain('Your address is changed');
    const user = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${max.id}`);
    expect(user.body.email).toBe(`new.${max.email}`);
  });
});

describe('The page that resets a password', () => {
  it('keeps the link while the password will not do', async () => {
    const { organization, max } = await world();
    const browser = new Browser(app);
    const page = await browser.arriveAt(await linkFor(organization, 'password_reset', max));
    const signIn = (password: string) =>
      app.api.post(`/v1/organizations/${organization.slug}/sign-in`, { identifier: max.email, password });

    for (const [password, flaw] of [
      ['', 'This is needed.'],
      ['short', 'Too short: 15 characters are needed.'],
      ['x'.repeat(300), 'Too long: 256 characters at most.'],
      ['passwordpassword', 'This is among the passwords that are guessed first.'],
      ['Max Member Acme 12', 'Easy to guess'],
    ] as const) {
      const weak = await browser.submit(page, { password });
      expect([400, 422]).toContain(weak.status);
      expect(weak.text).toContain(flaw);
      expect(weak.text).toContain('aria-invalid="true"');
      expect(weak.text).toMatch(/aria-describedby="password-hint password-error"/);
      expect(weak.text).not.toContain(`value="${password || 'none'}"`);
    }
    expect((await signIn(testPassword)).status).toBe(200);

    const done = await browser.submit(page, { password: newPassword });

    expect(done.text).toContain('Your password is saved');
    expect((await signIn(newPassword)).status).toBe(200);
    expect(await signIn(testPassword)).toBeProblem('invalid_credentials');
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
  });
});

describe('The page that signs in', () => {
  it('does so in this browser, and says as whom', async () => {
    const { organization, max } = await world();
    const browser = new Browser(app);
    const page = await browser.arriveAt(await linkFor(organization, 'magic_link', max));

    const done = await browser.submit(page);

    expect(done.text).toContain('You are signed in');
    expect(done.text).toContain(max.email);
    expect(done.text).not.toContain('ten_ses_');
    const [session] = done.cookies.filter((cookie) => cookie.includes('-session-'));
    expect(session).toMatch(/HttpOnly/);
    expect(session).toMatch(/SameSite=Lax/);
    const whoAmI = await browser.arriveAt('/v1/session');
    expect(JSON.parse(whoAmI.text)).toMatchObject({ user: { id: max.id } });
    expect((await browser.submit(page)).status).toBe(422);
  });
});
