import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { linkOn, type Place, readingOf, Walker } from './walker.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const wrong = 'not the password of anybody';
const sessionCookie = ({ slug }: TestOrganization) => app.get(PublicAddresses).sessionCookie(slug);

async function world(policies: { signIn?: object; password?: object; registration?: object } = {}) {
  const { organization, owner } = await app.given.organization();
  const set = async (kind: string, policy: object) =>
    expect(
      (await app.api.as(owner).put(`/v1/organizations/${organization.slug}/policies/${kind}`, policy)).status,
    ).toBe(200);
  if (policies.signIn) await set('sign-in', policies.signIn);
  if (policies.password) await set('password', policies.password);
  if (policies.registration) await set('registration', policies.registration);
  const max = await app.given.user(organization, { fullName: 'Max Member', emailVerifiedAt: new Date() });
  await app.given.forgetAudit(organization);
  const address = (path: string) => `/o/${organization.slug}/${path}`;
  return { organization, owner, max, address };
}

function signedIn(organization: TestOrganization, user: TestUser): Walker {
  return new Walker(app).keep(sessionCookie(organization), user.token);
}

async function whoIsSignedIn(walker: Walker, { slug }: TestOrganization): Promise<string | null> {
  const answer = await walker.send('GET', `/v1/session?organization=${slug}`);
  return answer.status === 200 ? (JSON.parse(answer.text) as { user: { id: string } }).user.id : null;
}

const flowsOf = ({ id }: TestOrganization) =>
  app.sql<{ id: string; step: string; version: number; finished_at: Date | null }>(
    'select id, step, version, finished_at from tenantry.sign_in_flows where org_id = $1',
    [id],
  );

describe('The sign-in page', () => {
  it('signs in on one page, and goes on to the account', async () => {
    const { organization, max, address } = await world();
    const walker = new Walker(app);

    const page = await walker.open(address('sign-in'));
    expect(page.text).toContain('autocomplete="username"');
    expect(page.text).toContain('autocomplete="current-password"');
    expect(await flowsOf(organization)).toEqual([]);
    const done = await walker.press(page, 'Sign in', { identifier: max.email, password: testPassword });

    expect(done.address).toBe(address('account'));
    expect(done.status).toBe(200);
    expect(await whoIsSignedIn(walker, organization)).toBe(max.id);
    expect(await app.given.auditOf(organization)).toEqual(['session.created']);
    expect((await walker.open(address('sign-in'))).address).toBe(address('account'));
  });

  it('signs in on two pages where the organization wants that', async () => {
    const { organization, max, address } = await world({ signIn: { identifierFirst: true } });
    const walker = new Walker(app);

    const first = await walker.open(address('sign-in'));
    expect(first.text).not.toContain('type="password"');
    const second = await walker.press(first, 'Continue', { identifier: max.email });
    expect(second.address).toMatch(/\/sign-in\?flow=[0-9a-f-]{36}$/);
    expect(second.text).toContain(`value="${max.email}"`);
    const refused = await walker.press(second, 'Sign in', { password: wrong });
    expect(refused.status).toBe(422);
    const done = await walker.press(refused, 'Sign in', { password: testPassword });

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.id);
  });

  it('says the same to unknown people as to those with a wrong password, beside the field', async () => {
    const { organization, max, address } = await world();
    const locked = await app.given.user(organization, { status: 'locked' });
    const read = async (identifier: string) => {
      const walker = new Walker(app);
      const page = await walker.press(await walker.open(address('sign-in')), 'Sign in', {
        identifier,
        password: wrong,
      });
      expect(page.status).toBe(422);
      expect(page.text).toContain('aria-describedby="password-error"');
      expect(page.text).toContain('<title>Error: Sign in');
      expect(page.text).not.toContain(wrong);
      expect(page.cookies).toEqual([]);
      return readingOf(page);
    };

    const known = await read(max.email);
    expect(known).toContain('That does not fit together');
    expect(await read(locked.email)).toBe(known);
    expect(await read('nobody@nowhere.example')).toBe(known);
  });

  it('waits as the API does after five wrong passwords, with one counter for both', async () => {
    const { organization, max, address } = await world();
    const path = `/v1/organizations/${organization.slug}/sign-in`;
    for (let guess = 0; guess < 4; guess++)
      await app.api.post(path, { identifier: max.email, password: wrong });
    const walker = new Walker(app);
    const page = await walker.open(address('sign-in'));

    const fifth = await walker.press(page, 'Sign in', { identifier: max.email, password: wrong });
    const sixth = await walker.press(fifth, 'Sign in', { password: testPassword });

    expect(sixth.status).toBe(422);
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(0);
    expect(readingOf(sixth)).toContain('the next one counts in');
    const byApi = await app.api.post(path, { identifier: max.email, password: testPassword });
    expect(byApi).toBeProblem('invalid_credentials');
    expect(await whoIsSignedIn(walker, organization)).toBeNull();
  });

  it('asks for what is missing', async () => {
    const { organization, address } = await world();
    const walker = new Walker(app);
    const page = await walker.open(address('sign-in'));

    const empty = await walker.press(page, 'Sign in');

    expect(empty.status).toBe(400);
    expect(empty.text).toContain('id="identifier-error"');
    expect((await walker.press(page, 'Sign in', { identifier: 'max' })).text).toContain(
      'id="password-error"',
    );
    expect(await flowsOf(organization)).toEqual([]);
  });

  it('leads to a page of a closed list, and nowhere else', async () => {
    const { max, address, organization } = await world();
    const signIn = async (returnTo: string) => {
      const walker = new Walker(app);
      const page = await walker.open(address(`sign-in?return_to=${encodeURIComponent(returnTo)}`));
      const answer = await walker.pressOnly(page, 'Sign in', {
        identifier: max.email,
        password: testPassword,
      });
      expect(answer.status).toBe(303);
      return answer.headers['location'];
    };

    expect(await signIn('account-sessions')).toBe(address('account/sessions'));
    expect(await signIn('home')).toBe(`/o/${organization.slug}`);
    for (const evil of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      `/o/${organization.slug}/../evil`,
      'javascript:alert(1)',
      '__proto__',
      'constructor',
    ])
      expect(await signIn(evil)).toBe(address('account'));
  });

  it('speaks German', async () => {
    const { max, address } = await world();
    const walker = new Walker(app, 'de');

    const page = await walker.open(address('sign-in'));
    const refused = await walker.press(page, 'Anmelden', { identifier: max.email, password: wrong });

    expect(refused.text).toContain('<html lang="de"');
    expect(readingOf(refused)).toContain('Das passt nicht zusammen');
  });

  it('gives the browser another session cookie each time, and ends the session of whoever was there before', async () => {
    const { organization, max, address } = await world();
    const nora = await app.given.user(organization);
    const walker = signedIn(organization, nora);
    const before = walker.cookie(sessionCookie(organization));

    const page = await walker.open(address('sign-in?other=yes'));
    await walker.press(page, 'Sign in', { identifier: max.email, password: testPassword });

    expect(walker.cookie(sessionCookie(organization))).not.toBe(before);
    expect(await whoIsSignedIn(walker, organization)).toBe(max.id);
    expect(await app.api.as(nora).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.given.auditOf(organization)).toEqual(['session.created', 'session.ended']);
  });
});

describe('Showing once more who one is', () => {
  it('keeps the session, and makes it recent', async () => {
    const { organization, max, address } = await world();
    await app.given.timePasses(organization, '20 minutes');
    const walker = signedIn(organization, max);
    const sessionId = async () =>
      (
        JSON.parse((await walker.send('GET', `/v1/session?organization=${organization.slug}`)).text) as {
          session: { id: string };
        }
      ).session.id;
    const before = await sessionId();
    await app.given.forgetAudit(organization);

    const page = await walker.open(address('sign-in?prompt=login&return_to=account-password'));
    expect(readingOf(page)).toContain('Is it you?');
    expect(page.text).toContain(`value="${max.email}"`);
    const refused = await walker.press(page, 'Confirm', { password: wrong });
    expect(refused.status).toBe(422);
    const done = await walker.press(refused, 'Confirm', { password: testPassword });

    expect(done.address).toBe(address('account/password'));
    expect(await sessionId()).toBe(before);
    expect(walker.cookie(sessionCookie(organization))).not.toBe(max.token);
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.given.auditOf(organization)).toEqual([
      'session.refused (refused)',
      'session.reauthenticated',
    ]);
  });

  it('takes the name from the session, whatever the form says', async () => {
    const { organization, max, address } = await world();
    const eve = await app.given.user(organization);
    const walker = signedIn(organization, max);

    const page = await walker.open(address('sign-in?prompt=login'));
    const done = await walker.press(page, 'Confirm', {
      password: testPassword,
      identifier: eve.email,
      username: eve.email,
    });

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.id);
  });
});

describe('A flow', () => {
  async function atPassword() {
    const made = await world({ signIn: { identifierFirst: true } });
    const walker = new Walker(app);
    const first = await walker.open(made.address('sign-in'));
    const page = await walker.press(first, 'Continue', { identifier: made.max.email });
    return { ...made, walker, page };
  }

  it('of a hundred at once is finished by one', async () => {
    const { organization, walker, page } = await atPassword();

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => walker.twin().pressOnly(page, 'Sign in', { password: testPassword })),
    );

    const winners = answers.filter(({ cookies }) => cookies.some((cookie) => cookie.includes('-session-')));
    expect(winners).toHaveLength(1);
    const sessions = await app.given.auditOf(organization);
    expect(sessions).toEqual(['session.created']);
  });

  it('begun by a hundred at once with one form is one', async () => {
    const { organization, max, address } = await world();
    const walker = new Walker(app);
    const page = await walker.open(address('sign-in'));

    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        walker.twin().pressOnly(page, 'Sign in', { identifier: max.email, password: testPassword }),
      ),
    );

    expect(
      answers.filter(({ cookies }) => cookies.some((cookie) => cookie.includes('-session-'))),
    ).toHaveLength(1);
    expect(await flowsOf(organization)).toHaveLength(1);
    expect(await app.given.auditOf(organization)).toEqual(['session.created']);
  });

  it('is neither seen nor finished in another browser', async () => {
    const { organization, page, address } = await atPassword();
    const thief = new Walker(app);
    const own = await thief.open(address('sign-in'));
    const before = await app.given.snapshot(organization);

    expect((await thief.open(page.address)).address).toBe(address('sign-in'));
    const { fields } = await formOn(page);
    const { fields: ownFields } = await formOn(own);
    const answer = await thief.post(address('sign-in'), {
      ...fields,
      seal: ownFields['seal']!,
      password: testPassword,
    });

    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toMatch(/flow=/);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await whoIsSignedIn(thief, organization)).toBeNull();
  });

  it('takes no form of another step, version or organization, and none that was sent before', async () => {
    const { organization, walker, page, address, max } = await atPassword();
    const { fields } = await formOn(page);
    const globex = await app.given.organization({ name: 'Globex' });
    await app.given.user(globex.organization, { email: max.email });
    const before = await app.given.snapshot(organization);

    for (const changed of [
      { step: 'verification', act: 'followed' },
      { step: 'magic-link' },
      { step: 'reset' },
      { step: 'done' },
      { step: '__proto__' },
      { version: '2' },
      { version: '0' },
      { version: '1.5' },
      { version: '-1' },
      { version: '99999999999999' },
      { version: 'x' },
      { flow: '0199c1f2-0000-7000-8000-00000000ac3e' },
      { flow: `${fields['flow']}'` },
    ]) {
      const answer = await walker.post(address('sign-in'), { ...fields, password: testPassword, ...changed });
      expect({ [JSON.stringify(changed)]: answer.status }).toEqual({ [JSON.stringify(changed)]: 303 });
    }
    const elsewhere = await walker.open(`/o/${globex.organization.slug}/sign-in`);
    const foreign = await walker.post(`/o/${globex.organization.slug}/sign-in`, {
      ...fields,
      seal: (await formOn(elsewhere)).fields['seal']!,
      password: testPassword,
    });
    expect(foreign.cookies).toEqual([]);
    expect(await app.given.snapshot(organization)).toEqual(before);

    const refused = await walker.pressOnly(page, 'Sign in', { password: wrong });
    expect(refused.status).toBe(422);
    const repeated = await walker.pressOnly(page, 'Sign in', { password: testPassword });
    expect(repeated.status).toBe(303);
    expect(await whoIsSignedIn(walker, organization)).toBeNull();
    const done = await walker.press(refused, 'Sign in', { password: testPassword });
    expect(done.address).toBe(address('account'));
    const after = await walker.pressOnly(refused, 'Sign in', { password: testPassword });
    expect(after.cookies).toEqual([]);
  });

  it('is over after half an hour', async () => {
    const { organization, walker, page, address } = await atPassword();
    await app.given.timePasses(organization, '31 minutes');

    const answer = await walker.press(page, 'Sign in', { password: testPassword });

    expect(answer.address).toBe(address('sign-in'));
    expect(await whoIsSignedIn(walker, organization)).toBeNull();
  });

  it('takes no form that another site made', async () => {
    const { organization, walker, page, address } = await atPassword();
    const { fields } = await formOn(page);
    const before = await app.given.snapshot(organization);

    for (const [changed, headers] of [
      [{}, { 'sec-fetch-site': 'cross-site' }],
      [{}, { origin: 'https://evil.example', 'sec-fetch-site': 'same-site' }],
      [{ seal: '' }, {}],
      [{ seal: 'x'.repeat(59) }, {}],
    ] as const) {
      const answer = await walker.post(
        address('sign-in'),
        { ...fields, password: testPassword, ...changed },
        headers as Record<string, string>,
      );
      expect(answer.status).toBe(403);
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('ends with the flow when the password changes while it is proven', async () => {
    const { organization, walker, page, max } = await atPassword();
    await app.sql(`update tenantry.users set status = 'deactivated' where id = $1`, [max.id]);

    const answer = await walker.press(page, 'Sign in', { password: testPassword });

    expect(answer.status).toBe(422);
    expect(await whoIsSignedIn(walker, organization)).toBeNull();
  });
});

async function formOn(page: Place) {
  const { formWith } = await import('./walker.js');
  return formWith(page, page.text.includes('>Continue<') ? 'Continue' : 'Sign in');
}

describe('Signing out', () => {
  it('asks first, and ends the session', async () => {
    const { organization, max, address } = await world();
    const walker = signedIn(organization, max);

    const page = await walker.open(address('sign-out'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.id);
    expect(linkOn(page, 'Stay signed in')).toBe(address('account'));
    const done = await walker.press(page, 'Sign out');

    expect(done.address).toBe(address('signed-out'));
    expect(readingOf(done)).toContain('You are signed out');
    expect(walker.cookie(sessionCookie(organization))).toBeUndefined();
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
    expect((await walker.open(address('sign-out'))).address).toBe(address('signed-out'));
  });

  it('is shown on no page of whoever is signed in', async () => {
    const { organization, max, address } = await world();

    expect((await signedIn(organization, max).open(address('signed-out'))).address).toBe(address('sign-out'));
  });
});

describe("An organization's own address", () => {
  it('leads to signing in, and to the account of whoever has', async () => {
    const { organization, max, address } = await world();

    const strange = await new Walker(app).open(`/o/${organization.slug}`);
    expect(strange.status).toBe(200);
    expect(linkOn(strange, 'Sign in')).toBe(address('sign-in'));
    expect(readingOf(strange)).not.toContain('Create an account');
    const known = await signedIn(organization, max).open(`/o/${organization.slug}`);
    expect(linkOn(known, 'Your account')).toBe(address('account'));
    expect(readingOf(known)).toContain('Max Member');
  });
});
