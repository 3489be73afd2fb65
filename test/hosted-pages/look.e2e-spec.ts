import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser } from './browser.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
beforeAll(async () => {
  app = await startApp();
  ({ organization, owner } = await app.given.organization());
});
afterAll(() => app.stop());

const setTheme = async (theme: object) => {
  const response = await app.api.as(owner).put(`/v1/organizations/${organization.slug}/theme`, theme);
  expect(response.status).toBe(200);
};

const get = (path: string) => app.exchange.send({ method: 'GET', path });
/** A page of the organization, if only one that says that a link is dead. */
const page = (query = '') => new Browser(app).get(`/o/${organization.slug}/magic-link?token=x${query}`);

describe('A page', () => {
  it('looks as its organization says, and says where there is help', async () => {
    await setTheme({
      colors: { light: { primary: '#0f766e' }, dark: { primary: '#5eead4', background: '#001010' } },
      texts: {
        productName: 'Roadrunner',
        supportEmail: 'help@acme.example',
        footers: [
          { locale: 'de', text: 'Acme GmbH, Wüstenweg 1' },
          { locale: 'en', text: 'Acme Ltd, 1 Desert Road' },
        ],
      },
    });

    const english = await page();
    const german = await page('&ui_locales=de');

    expect(english.text).toContain('--accent:#0f766e;');
    expect(english.text).toMatch(
      /@media \(prefers-color-scheme:dark\)\{:root\{color-scheme:dark;.*--accent:#5eead4;/,
    );
    expect(english.text).toContain('This link does not work · Roadrunner</title>');
    expect(english.text).toContain('Acme Ltd, 1 Desert Road');
    expect(english.text).toContain('<a href="mailto:help@acme.example" rel="noreferrer">Help</a>');
    expect(german.text).toContain('Acme GmbH, Wüstenweg 1');
    expect(german.text).toContain('>Hilfe</a>');
  });

  it('shows what an organization says of itself as text', async () => {
    const hostile = `</style><script>alert(1)</script>"'<img src=x onerror=alert(1)>`;
    await setTheme({
      texts: {
        productName: hostile,
        supportUrl: 'https://help.acme.example/?a="><script>alert(1)</script>',
        footers: [{ locale: 'en', text: hostile }],
      },
    });

    const { text } = await page();

    expect(text.match(/<script|<style|<img/g)).toEqual(['<style', '<script']);
    expect(text).toContain('&lt;/style&gt;&lt;script&gt;');
    expect(text).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  it('never makes a style sheet from what is no colour, whoever wrote it', async () => {
    await app.sql(
      `insert into themes (org_id, colors, texts) values ($1, $2, '{}')
       on conflict (org_id) do update set colors = excluded.colors, texts = '{}'`,
      [organization.id, JSON.stringify({ light: { primary: '#000000;}body{display:none}' } })],
    );

    const { status, text } = await page();

    expect(status).toBeGreaterThanOrEqual(422);
    expect(text).not.toContain('display:none');
    await setTheme({});
  });

  it('shows the logo from its own host, and images from nowhere else', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const body = new FormData();
    body.append('file', new Blob([png], { type: 'image/png' }), 'logo.png');
    const uploaded = await fetch(`${app.origin}/v1/organizations/${organization.slug}/logo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${owner.token}` },
      body,
    });
    expect(uploaded.status).toBe(200);

    const { text, headers } = await page();

    const [, logo] = /<img src="([^"]+)" alt="Acme" \/>/.exec(text)!;
    expect(logo).toMatch(/^\/media\//);
    expect((await get(logo!)).headers['content-type']).toMatch(/^image\//);
    expect(headers['content-security-policy']).toContain("img-src 'self';");
  });

  it('of nobody in particular has the look of the product', async () => {
    const { status, text } = await get('/o/nowhere/magic-link');

    expect(status).toBe(404);
    expect(text).toContain('Tenantry</title>');
    expect(text).toContain('--accent:#2f54c8;');
  });

  it('offers its other languages where its address holds no secret', async () => {
    const open = await get(`/o/${organization.slug}/magic-link?a=%26b`);

    expect(open.text).toContain('href="/o/acme/magic-link?a=%26b&amp;ui_locales=de"');
    expect(open.text).not.toContain('<script');
    expect((await page()).text).not.toContain('ui_locales');
  });
});

describe('The style sheet', () => {
  it('is kept for ever, under a name that changes with it', async () => {
    const [, path] = /<link rel="stylesheet" href="(\/assets\/pages-[0-9a-f]{16}\.css)"/.exec(
      (await page()).text,
    )!;

    const sheet = await get(path!);

    expect(sheet.status).toBe(200);
    expect(sheet.headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(sheet.text).not.toMatch(/url\(|@import|https?:/);
    // Both directions of writing: nothing is said to be left or right.
    expect(sheet.text).not.toMatch(/(margin|padding|border|inset)-(left|right)|text-align: (left|right)/);
    expect((await get('/assets/pages-0000000000000000.css')).status).toBe(404);
  });
});
