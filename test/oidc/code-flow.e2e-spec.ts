import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, givenApplication, issuerOf, signInTo } from './world.js';

let app: TestApp;
let acme: TestOrganization;
let globex: TestOrganization;
let olga: TestUser;
let gina: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  ({ organization: globex, owner: gina } = await app.given.organization({ slug: 'globex', name: 'Globex' }));
});
afterAll(() => app.stop());

describe('An application', () => {
  it('gets people back signed in, in each of two organizations', async () => {
    for (const [organization, user] of [
      [acme, olga],
      [globex, gina],
    ] as const) {
      const client = await clientOf(app, organization, await givenApplication(app, organization));
      const browser = new Browser(app.origin).as(organization, user);

      const tokens = await signInTo(client, browser);
      const userinfo = await oidc.fetchUserInfo(client, tokens.access_token, tokens.claims()!.sub);

      expect(tokens.claims()).toMatchObject({ iss: issuerOf(app, organization), sub: user.id });
      expect(userinfo).toMatchObject({ sub: user.id, email: user.email, email_verified: false });
      expect(tokens.refresh_token).toMatch(/^ten_rt_/);
    }
  });
});
