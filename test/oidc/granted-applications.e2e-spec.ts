import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, codeRequest, decideAtPage, givenApplication, signInTo } from './world.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

async function usedBy(user: TestUser, consent: 'required' | 'none' = 'none') {
  const application = await givenApplication(app, acme, { consent });
  const client = await clientOf(app, acme, application);
  const browser = new Browser(app.origin).as(acme, user);
  if (consent === 'required') {
    const page = await browser.follow((await codeRequest(client)).url);
    await browser.follow((await decideAtPage(app, acme, browser, page, 'granted'))!);
  }
  return { application, client, tokens: await signInTo(client, browser) };
}

describe('People', () => {
  it('see what they allowed, and take it back', async () => {
    const max = await app.given.user(acme);
    const { application, client, tokens } = await usedBy(max, 'required');
    await app.given.forgetAudit(acme);

    const before = await app.api.as(max).get('/v1/me/applications');
    const taken = await app.api.as(max).delete(`/v1/me/applications/${application.id}`);
    const after = await app.api.as(max).get('/v1/me/applications');

    expect(before.body.items).toEqual([
      expect.objectContaining({
        id: application.id,
        name: 'Wiki',
        firstParty: false,
        scopes: ['openid', 'profile', 'email'],
      }),
    ]);
    expect(taken.status).toBe(204);
    expect(after.body.items).toEqual([]);
    expect(await app.given.auditOf(acme)).toEqual(['application.revoked']);
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const page = await new Browser(app.origin).as(acme, max).follow((await codeRequest(client)).url);
    expect(page.pathname).toBe('/o/acme/consent');
  });

  it('cannot take back what is not there, nor what is somebody else’s', async () => {
    const [max, mia] = [await app.given.user(acme), await app.given.user(acme)];
    const { application } = await usedBy(mia);

    expect(await app.api.as(max).delete(`/v1/me/applications/${application.id}`)).toBeProblem('not_found');
    expect((await app.api.as(mia).get('/v1/me/applications')).body.items).toHaveLength(1);
  });

  it('see them page by page', async () => {
    const max = await app.given.user(acme);
    for (let count = 0; count < 3; count += 1) await usedBy(max);

    const first = await app.api.as(max).get('/v1/me/applications?limit=2');
    const second = await app.api.as(max).get(`/v1/me/applications?limit=2&cursor=${first.body.nextCursor}`);

    expect([first.body.items.length, second.body.items.length, second.body.nextCursor]).toEqual([2, 1, null]);
  });
});

describe('Administrators', () => {
  it('see what applications hold in somebody’s name, and end it', async () => {
    const max = await app.given.user(acme);
    const { application, client, tokens } = await usedBy(max);
    const path = `/v1/organizations/acme/users/${max.id}/applications`;

    const before = await app.api.as(olga).get(path);
    const taken = await app.api.as(olga).delete(`${path}/${application.id}`);

    expect(before.body.items).toEqual([expect.objectContaining({ id: application.id, firstParty: true })]);
    expect(taken.status).toBe(204);
    expect(await oidc.tokenIntrospection(client, tokens.access_token)).toEqual({ active: false });
  });
});
