import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { AccountBrowser, textOf } from './account-browser.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;
let browser: AccountBrowser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member' });
  browser = new AccountBrowser(app, organization, max.token);
});

const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';

async function givenPhone(user = max): Promise<{ token: string; id: string }> {
  const token = await app.given.session(user);
  const { id } = (await app.api.as({ ...user, token }).get('/v1/session')).body.session as { id: string };
  await app.sql(`update sessions set user_agent = $2, ip = '203.0.113.7' where id = $1`, [id, iPhone]);
  return { token, id };
}
const isSignedIn = async (token: string) =>
  (await app.api.as({ ...max, token }).get('/v1/me')).status === 200;

describe('The page of devices', () => {
  it('names each, says where and when it was used, and which one this is', async () => {
    await givenPhone();
    await app.api.as(max).patch('/v1/me/profile', { timeZone: 'Europe/Berlin' });
    await app.sql(
      `update sessions set created_at = '2026-07-01T22:30:00Z' where user_id = $1 and user_agent = $2`,
      [max.id, iPhone],
    );
    await app.sql(`update organizations set sessions_revoked_at = '2026-01-01' where id = $1`, [
      organization.id,
    ]);

    const text = textOf(await browser.open('/sessions'));

    expect(text).toMatch(/Here tests This device Network address 127\.0\.0\.1/);
    expect(text).toMatch(
      /Elsewhere Safari on iPhone Network address 203\.0\.113\.7 Signed in Jul 2, 2026, 12:30/,
    );
  });

  it('ends another one', async () => {
    const phone = await givenPhone();
    const other = await givenPhone();
    const page = await browser.open('/sessions');
    await app.given.forgetAudit(organization);

    const ended = await browser.press(page, 'end', {}, { session: phone.id });

    expect(textOf(await browser.follow(ended))).toContain('That device is signed out.');
    expect([
      await isSignedIn(phone.token),
      await isSignedIn(other.token),
      await isSignedIn(max.token),
    ]).toEqual([false, true, true]);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'session.ended', actor_id: max.id, target_id: phone.id },
    ]);
  });

  it('ends nobody else’s, and none that has ended', async () => {
    const { id } = await givenPhone();
    const others = await givenPhone(owner);
    const page = await browser.open('/sessions');
    await browser.press(page, 'end', {}, { session: id });
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    for (const session of [id, others.id, '', 'x', "' or true --"]) {
      const refused = await browser.press(page, 'end', { session });
      expect(refused.status).toBe(404);
      expect(textOf(refused)).toContain('There was nothing left to do');
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('ends all others at once, and this one goes on', async () => {
    const phones = [await givenPhone(), await givenPhone()];
    const others = await givenPhone(owner);
    const page = await browser.open('/sessions');

    const ended = await browser.press(page, 'endOthers');

    const after = textOf(await browser.follow(ended));
    expect(after).toContain('All other devices are signed out.');
    expect(after).toContain('You are signed in nowhere else.');
    for (const { token } of phones) expect(await isSignedIn(token)).toBe(false);
    expect([await isSignedIn(max.token), await isSignedIn(others.token)]).toEqual([true, true]);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'user.sessions_ended', actor_id: max.id, target_id: max.id, change: { ended: 2 } },
    ]);

    await app.given.forgetAudit(organization);
    expect((await browser.press(page, 'endOthers')).status).toBe(303);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('shows many page by page', async () => {
    for (let count = 0; count < 25; count += 1) await app.given.session(max);

    const first = await browser.open('/sessions');
    const older = /href="([^"]*older=[^"]*)"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
    const second = await browser.get(older);

    const count = ({ text }: { text: string }) => text.match(/class="beside"/g)!.length;
    expect([count(first), count(second)]).toEqual([20, 6]);
    expect(textOf(second)).toContain('Back to the newest');
    expect((await browser.open('/sessions?older=forged')).status).toBe(400);
  });
});

describe('The page of activity', () => {
  it('says what has changed, who did it, and how often one has signed in', async () => {
    await app.api.as(max).patch('/v1/me', { fullName: '<b>Maximilian</b>' });
    await app.api
      .as(owner)
      .patch(`/v1/organizations/${organization.slug}/users/${max.id}`, { username: 'max' });

    const page = await browser.open('/activity');

    const text = textOf(page);
    expect(text).toMatch(/Full name changed from Max Member to <b>Maximilian<\/b> .*? You/);
    expect(text).toMatch(/User name changed max .*? An administrator/);
    expect(text).toMatch(/Account created .*? Without signing in/);
    expect(text).toMatch(/Signed in 1 /);
    expect(page.text).not.toContain('<b>Max');
  });

  it('shows nobody else’s', async () => {
    await app.api.as(owner).patch('/v1/me', { fullName: 'Somebody Else' });

    expect(textOf(await browser.open('/activity'))).not.toContain('Somebody Else');
  });

  it('shows many changes page by page', async () => {
    for (let count = 0; count < 22; count += 1)
      await app.sql('update users set full_name = $2 where id = $1', [max.id, `Max ${count}`]);

    const first = await browser.open('/activity');
    const older = /href="([^"]*changes=[^"]*)"/.exec(first.text)![1]!.replaceAll('&amp;', '&');

    expect(textOf(first)).toContain('to Max 21');
    expect(textOf(first)).not.toContain('Account created');
    expect(textOf(await browser.get(older))).toContain('Account created');
  });
});

describe('The page of linked accounts', () => {
  it('says that there are none', async () => {
    expect(textOf(await browser.open('/linked-accounts'))).toContain('None of your other accounts is linked');
  });
});
