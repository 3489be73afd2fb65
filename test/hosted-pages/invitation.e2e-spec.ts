import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { linkOf } from '../invitations/links.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser } from './browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function invited(
  inviter: TestUser,
  organization: TestOrganization,
  body: object = {},
): Promise<string> {
  const response = await app.api
    .as(inviter)
    .post(`/v1/organizations/${organization.slug}/invitations`, { email: 'max@acme.example', ...body });
  expect(response.status).toBe(201);
  const token = await linkOf(app, organization, response.body.id as string);
  await app.given.forgetAudit(organization);
  return `/o/${organization.slug}/invitation?token=${token}`;
}

function signedIn(user: TestUser, { slug }: TestOrganization): Browser {
  return new Browser(app).withCookie(app.get(PublicAddresses).sessionCookie(slug), user.token);
}

describe('The page of an invitation', () => {
  it('opens it by one click and accepts it by another', async () => {
    const { organization, owner } = await app.given.organization();
    const link = await invited(owner, organization, {
      roles: ['member'],
      message: 'Hello!\nhttps://acme.example',
    });
    const browser = new Browser(app);

    const closed = await browser.arriveAt(link);
    expect(closed.text).not.toContain('Hello!');
    expect(closed.text).not.toContain('max@acme.example');
    expect(await app.given.auditOf(organization)).toEqual([]);
    const opened = await browser.submit(closed);
    expect(opened.status).toBe(200);
    expect(opened.text).toContain('Olga Owner invites you to join Acme.');
    expect(opened.text).toContain('Hello!\nhttps://acme.example</blockquote>');
    expect(opened.text).not.toContain('<a ');
    const weak = await browser.submit(opened, { fullName: 'Max "Maxi" <b>', password: 'short' });
    expect(weak.status).toBe(422);
    expect(weak.text).toContain('Too short: 15 characters are needed.');
    expect(weak.text).toContain('value="Max &quot;Maxi&quot; &lt;b&gt;"');
    const done = await browser.submit(weak, { password: testPassword });

    expect(done.status).toBe(200);
    expect(done.text).toContain('Your account max@acme.example is ready, and you are signed in to it.');
    expect(await app.given.auditOf(organization)).toEqual([
      'invitation.opened',
      'invitation.accepted',
      'session.created',
    ]);
    const whoAmI = JSON.parse((await browser.get('/v1/session')).text) as { user: { email: string } };
    expect(whoAmI.user.email).toBe('max@acme.example');
    const signIn = { identifier: 'max@acme.example', password: testPassword };
    const session = await app.api.post(`/v1/organizations/${organization.slug}/sign-in`, signIn);
    expect(session.body.user).toMatchObject({ fullName: 'Max "Maxi" <b>', emailVerified: true });
    expect((await browser.submit(opened, { password: testPassword })).status).toBe(422);
  });

  it('takes the address from the invitation, whatever the form says', async () => {
    const { organization, owner } = await app.given.organization();
    const browser = new Browser(app);
    const opened = await browser.submit(await browser.arriveAt(await invited(owner, organization)));

    await browser.submit(opened, { email: 'eve@evil.example', password: testPassword });

    const users = await app.sql(`select email from users where org_id = $1 and email <> $2`, [
      organization.id,
      owner.email,
    ]);
    expect(users).toEqual([{ email: 'max@acme.example' }]);
  });

  it('shows hostile names and messages as text', async () => {
    const hostile = `"><script>alert('1')</script>`;
    const { organization } = await app.given.organization({ name: `Acme ${hostile}` });
    const eve = await app.given.user(organization, { roles: ['owner'], fullName: `Eve ${hostile}` });
    const link = await invited(eve, organization, { message: hostile });
    const browser = new Browser(app);

    const { text } = await browser.submit(await browser.arriveAt(link));

    expect(text).not.toContain('<script>');
    expect(text.match(/&lt;script&gt;alert\(&#39;1&#39;\)&lt;\/script&gt;/g)!.length).toBeGreaterThan(4);
  });

  it('asks a user of the address to sign in, and a click of whoever has', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    const max = await app.given.user(organization, { email: 'max@acme.example' });
    const eve = await app.given.user(organization);
    const link = await invited(owner, organization, { roles: ['editor'] });

    for (const browser of [new Browser(app), signedIn(eve, organization)]) {
      const opened = await browser.submit(await browser.arriveAt(link));
      expect(opened.text).toContain('name="password"');
      const refused = await browser.submit(opened, { password: testPassword });
      expect(refused.status).toBe(409);
      expect(refused.text).toContain('max@acme.example has an account at Acme already.');
    }
    const browser = signedIn(max, organization);
    const opened = await browser.submit(await browser.arriveAt(link));
    expect(opened.text).toContain('You are signed in as max@acme.example.');
    expect(opened.text).not.toContain('name="password"');
    await app.given.timePasses(organization, '20 minutes');
    await app.given.forgetAudit(organization);
    const done = await browser.submit(opened, { email: 'max@acme.example', password: testPassword });

    expect(done.text).toContain('You have joined Acme.');
    // Nothing was proven, whatever the form pretends to be.
    expect(await app.given.auditOf(organization)).toEqual(['invitation.accepted']);
    const roles = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${max.id}/roles`);
    expect(roles.body.roles).toEqual([{ role: 'editor', expiresAt: null }]);
  });

  it('says when whoever invited may not any more', async () => {
    const { organization } = await app.given.organization();
    const ida = await app.given.user(organization, { roles: ['admin'] });
    const link = await invited(ida, organization);
    await app.sql(`update users set status = 'locked' where org_id = $1 and id = $2`, [
      organization.id,
      ida.id,
    ]);
    const browser = new Browser(app, 'de');

    const refused = await browser.submit(await browser.submit(await browser.arriveAt(link)), {
      password: testPassword,
    });

    expect(refused.status).toBe(409);
    expect(refused.text).toContain('Bitten Sie um eine neue Einladung.');
    expect(refused.text).toContain('<title>Fehler: ');
  });
});
