import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountsOf, givenProvider, identityOf, linkWith, sessionOf } from '../accounts/world.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { AccountBrowser, textOf } from './account-browser.js';

let app: TestApp;
let organization: TestOrganization;
let max: TestUser;
let browser: AccountBrowser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization } = await app.given.organization());
  max = await app.given.user(organization);
  browser = new AccountBrowser(app, organization, max.token);
});

async function givenLinked(claims: Parameters<typeof identityOf>[1] = {}) {
  const provider = await givenProvider(app, organization);
  const intent = { sessionId: await sessionOf(app, max.token), userId: max.id };
  await linkWith(app, organization, identityOf(provider, claims), intent);
  await app.given.forgetAudit(organization);
  return provider;
}

describe('The page of linked accounts', () => {
  it('shows each with what it is known by, and unlinks it', async () => {
    await givenLinked({ claims: { email: '<i>max@idp.example', name: null } });

    const page = await browser.open('/linked-accounts');
    const answer = await browser.press(page, 'unlink');

    expect(textOf(page)).toContain('The provider <i>max@idp.example Linked since');
    expect(page.text).not.toContain('<i>max');
    expect(textOf(await browser.follow(answer))).toContain('The account is unlinked.');
    expect(await accountsOf(app, max.id)).toEqual([]);
    expect(await app.given.auditOf(organization)).toEqual(['account.unlinked']);
  });

  it('keeps the last way in, and says why', async () => {
    await givenLinked();
    await app.sql('update users set password_hash = null where id = $1', [max.id]);
    browser = new AccountBrowser(app, organization, await app.given.session(max));

    const refused = await browser.press(await browser.open('/linked-accounts'), 'unlink');

    expect(refused.status).toBe(409);
    expect(textOf(refused)).toContain('This is your only way to sign in.');
    expect(await accountsOf(app, max.id)).toHaveLength(1);
  });

  it('links and unlinks nothing before somebody has shown anew who they are', async () => {
    await givenLinked();
    const recent = await browser.open('/linked-accounts');
    await app.given.timePasses(organization, '11 minutes');

    const page = await browser.open('/linked-accounts');
    const answer = await browser.press(recent, 'unlink');

    expect(page.text).not.toMatch(/value="unlink"|\/link"/);
    expect(textOf(page)).toContain('Show that it is you');
    expect(page.text).toContain('return_to=account-linked-accounts&amp;prompt=login');
    expect(answer.headers['location']).toContain('prompt=login');
    expect(await accountsOf(app, max.id)).toHaveLength(1);
  });

  it('offers every provider that is switched on, by a form of its own', async () => {
    const on = await givenProvider(app, organization);
    const off = await givenProvider(app, organization, { isEnabled: false });

    const page = await browser.open('/linked-accounts');

    const forms = [...page.text.matchAll(/<form method="post" action="([^"]*providers[^"]*)"/g)];
    expect(forms.map(([, action]) => action)).toEqual([`/o/${organization.slug}/providers/${on.name}/link`]);
    expect(page.text).not.toContain(off.name);
  });

  it('speaks German', async () => {
    await givenLinked();
    browser = new AccountBrowser(app, organization, max.token, 'de');

    const page = textOf(await browser.open('/linked-accounts'));

    expect(page).toContain('Verknüpft seit');
    expect(page).toContain('Konto verknüpfen');
  });
});
