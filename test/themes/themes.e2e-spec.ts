import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Themes } from '../../src/themes/themes.service.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

describe('the theme', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const theme = (organization: TestOrganization, rest = '') =>
    `/v1/organizations/${organization.slug}/theme${rest && `/${rest}`}`;

  const roadrunner = {
    colors: { light: { primary: '#AA0033', text: '#222222' }, dark: { background: '#000000' } },
    texts: {
      productName: ' Roadrunner ',
      supportEmail: 'Help@Acme.example',
      supportUrl: 'https://help.acme.example',
      footers: [
        { locale: 'en', text: 'Acme Ltd\n1 Desert Road' },
        { locale: 'de', text: 'Acme GmbH' },
      ],
    },
  };

  it('is the product’s at first, under the name of the organization', async () => {
    const { organization, owner } = await app.given.organization({ name: 'Acme & Sons' });

    const response = await app.api.as(owner).get(theme(organization));

    expect(response.body).toMatchObject({
      colors: { light: { background: '#ffffff' } },
      texts: { productName: 'Acme & Sons', supportEmail: null, supportUrl: null, footers: [] },
      logo: null,
      warnings: [],
      version: 0,
    });
  });

  it('is replaced as a whole, and what is left out is the product’s again', async () => {
    const { organization, owner } = await app.given.organization();

    const set = await app.api
      .as(owner)
      .put(theme(organization), roadrunner, { headers: { 'if-match': '"0"' } });
    const stale = await app.api.as(owner).put(theme(organization), {}, { headers: { 'if-match': '"0"' } });
    const same = await app.api.as(owner).put(theme(organization), roadrunner);
    const cleared = await app.api
      .as(owner)
      .put(theme(organization), { texts: {} }, { headers: { 'if-match': '"1"' } });

    expect(set.body).toMatchObject({
      colors: {
        light: { primary: '#aa0033', onPrimary: '#ffffff', text: '#222222', background: '#ffffff' },
        dark: { primary: '#aa0033', background: '#000000' },
      },
      texts: { ...roadrunner.texts, productName: 'Roadrunner', supportEmail: 'help@acme.example' },
      version: 1,
    });
    expect(set.headers['etag']).toBe('"1"');
    expect(stale).toBeProblem('stale');
    expect(same.body).toEqual(set.body);
    expect(cleared.body).toMatchObject({ texts: { productName: 'Acme', footers: [] }, version: 2 });
    expect(await app.given.auditOf(organization)).toEqual(['theme.replaced', 'theme.replaced']);
  });

  it('is taken and warned about where it is hard to read', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).put(theme(organization), {
      colors: { light: { text: '#777777' }, dark: { primary: '#ffffff', onPrimary: '#eeeeee' } },
    });

    expect(response.status).toBe(200);
    expect(response.body.warnings).toEqual([
      { pair: 'text/background', mode: 'light', ratio: 4.47, needed: 4.5 },
      { pair: 'text/surface', mode: 'light', ratio: expect.any(Number), needed: 4.5 },
      { pair: 'primary/background', mode: 'light', ratio: 1, needed: 3 },
      { pair: 'onPrimary/primary', mode: 'dark', ratio: 1.16, needed: 4.5 },
    ]);
  });

  it.each([
    ['a name for a colour', { colors: { light: { primary: 'red' } } }, '/colors/light/primary'],
    ['a short colour', { colors: { dark: { text: '#fff' } } }, '/colors/dark/text'],
    ['style', { colors: { light: { text: '#ffffff;x' } } }, '/colors/light/text'],
    ['an unknown colour', { colors: { light: { accent: '#ffffff' } } }, '/colors/light/accent'],
    ['an unknown mode', { colors: { sepia: {} } }, '/colors/sepia'],
    ['a name of two lines', { texts: { productName: 'a\nb' } }, '/texts/productName'],
    [
      'a long footer',
      { texts: { footers: [{ locale: 'en', text: 'x'.repeat(501) }] } },
      '/texts/footers/0/text',
    ],
    ['no language', { texts: { footers: [{ locale: 'e n', text: 'x' }] } }, '/texts/footers/0/locale'],
    [
      'a language twice',
      {
        texts: {
          footers: [
            { locale: 'de', text: 'x' },
            { locale: 'DE', text: 'y' },
          ],
        },
      },
      '/texts/footers/1/locale',
    ],
    ['no e-mail address', { texts: { supportEmail: 'a@b@c' } }, '/texts/supportEmail'],
    ['an address that scripts', { texts: { supportUrl: 'javascript:alert(1)' } }, '/texts/supportUrl'],
    ['an address without TLS', { texts: { supportUrl: 'http://acme.example' } }, '/texts/supportUrl'],
  ])('refuses %s', async (_, body, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).put(theme(organization), body);

    expect(response).toBeProblem('invalid_request', { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is read by anybody, without what concerns administrators', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(theme(organization), roadrunner);

    const first = await app.api.get(theme(organization, 'public'));
    const byId = await app.api.get(`/v1/organizations/${organization.id}/theme/public`);
    const again = await app.api.get(theme(organization, 'public'), {
      headers: { 'if-none-match': first.headers['etag']! },
    });

    expect(first.status).toBe(200);
    expect(Object.keys(first.body).toSorted()).toEqual(['colors', 'logo', 'texts']);
    expect(first.body.texts.productName).toBe('Roadrunner');
    expect(first.headers['cache-control']).toBe('public, max-age=60');
    expect(byId.body).toEqual(first.body);
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('is not there for who asks for no organization, or a suspended one', async () => {
    const { organization } = await app.given.organization();
    const operator = await app.given.operator();
    await app.api.as(operator).put(`/v1/organizations/${organization.slug}/suspension`);

    expect(await app.api.get(theme(organization, 'public'))).toBeProblem('not_found');
    expect(await app.api.get('/v1/organizations/nowhere-at-all/theme/public')).toBeProblem('not_found');
  });

  it('is for administrators to change', async () => {
    const { organization } = await app.given.organization();
    const member = await app.given.user(organization, { roles: ['member'] });
    const admin = await app.given.user(organization, { roles: ['admin'] });

    expect(await app.api.as(member).get(theme(organization))).toBeProblem('permission_denied');
    expect(await app.api.as(member).put(theme(organization), {})).toBeProblem('permission_denied');
    expect((await app.api.as(admin).put(theme(organization), roadrunner)).status).toBe(200);
  });

  it('comes to who reads it in their language, with the logo', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(theme(organization), roadrunner);
    await app.sql(
      `insert into media (org_id, kind, size, width, height, content_hash, storage_key)
       values ($1, 'logo', 1, 1, 1, sha256(''), repeat('0', 48))`,
      [organization.id],
    );

    const shown = await app
      .get(Database)
      .forOrganization(organization.id, (tx) => app.get(Themes).forReader(tx, 'de-AT'));
    const response = await app.api.get(theme(organization, 'public'));

    expect(shown).toMatchObject({
      productName: 'Roadrunner',
      supportEmail: 'help@acme.example',
      footer: 'Acme GmbH',
      logo: expect.stringMatching(/^http:.*\/media\//),
      colors: { light: { primary: '#aa0033' }, dark: { background: '#000000' } },
    });
    expect(response.body.logo).toBe(shown.logo);
  });

  it('is the look of mails', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(theme(organization), roadrunner);

    const preview = await app.api
      .as(owner)
      .post(`/v1/organizations/${organization.slug}/mail-templates/welcome/de/preview`, {});

    expect(preview.status).toBe(200);
    expect(preview.body.html).toContain('#aa0033');
    expect(preview.body.html).toContain('Roadrunner');
    expect(preview.body.text).toContain('Acme GmbH');
    expect(preview.body.text).toContain('Hilfe: help@acme.example\n');
    expect(preview.body.html).toContain('<a class="footer" href="mailto:help@acme.example"');
  });
});
