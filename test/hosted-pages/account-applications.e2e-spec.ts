import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import {
  Browser as ProtocolBrowser,
  clientOf,
  codeRequest,
  decideAtPage,
  givenApplication,
  signInTo,
} from '../oidc/world.js';
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

async function usedBy(user: TestUser, options: { consent?: 'required' | 'none'; name?: string } = {}) {
  const { consent = 'required' } = options;
  const application = await givenApplication(app, organization, { ...options, consent });
  const client = await clientOf(app, organization, application);
  const protocol = new ProtocolBrowser(app.origin).as(organization, user);
  if (consent === 'required') {
    const page = await protocol.follow((await codeRequest(client)).url);
    await protocol.follow((await decideAtPage(app, organization, protocol, page, 'granted'))!);
  }
  const tokens = await signInTo(client, protocol);
  await app.given.forgetAudit(organization);
  return { application, client, tokens };
}

describe('The page of applications', () => {
  it('says what each may know, and since when', async () => {
    await usedBy(max, { name: '<i>Wiki</i>' });
    await usedBy(max, { name: 'Intranet', consent: 'none' });

    const page = await browser.open('/applications');

    const text = textOf(page);
    expect(text).toMatch(/Intranet Of Acme Since/);
    expect(text).toMatch(/<i>Wiki<\/i> Since .*? Names, picture, language and time zone E-mail address/);
    expect(page.text).not.toContain('<i>Wiki');
    expect(textOf(await browser.open())).toContain('2 applications have access');
  });

  it('takes the access away: what the application holds is dead', async () => {
    const { application, client, tokens } = await usedBy(max);
    const other = await usedBy(max, { name: 'Other' });

    const taken = await browser.press(
      await browser.open('/applications'),
      'revoke',
      {},
      { application: application.id },
    );

    const page = textOf(await browser.follow(taken));
    expect(page).toContain('The application has lost its access.');
    expect(page).not.toContain('Wiki');
    expect(page).toContain('Other');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'application.revoked', actor_id: max.id, target_id: application.id },
    ]);
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(
      (await oidc.refreshTokenGrant(other.client, other.tokens.refresh_token!)).access_token,
    ).toBeDefined();
  });

  it('takes none away that is not there, or somebody else’s', async () => {
    const mia = await app.given.user(organization);
    const { application } = await usedBy(mia);
    await usedBy(max, { name: 'Mine' });
    const page = await browser.open('/applications');
    const before = await app.given.snapshot(organization);

    for (const id of [application.id, max.id, '', 'x']) {
      const refused = await browser.press(page, 'revoke', { application: id });
      expect(refused.status).toBe(404);
      expect(textOf(refused)).toContain('There was nothing left to do');
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('says that there are none', async () => {
    expect(textOf(await browser.open('/applications'))).toContain('Once an application uses your account');
    expect(textOf(await browser.open())).toContain('None has access to your account');
  });
});
