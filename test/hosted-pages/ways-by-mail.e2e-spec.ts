import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';
import { linkOn, readingOf, Walker } from './walker.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

const newPassword = 'copper bicycle 19 beneath Tall Pines';
const sessionCookie = ({ slug }: TestOrganization) => app.get(PublicAddresses).sessionCookie(slug);

interface Wish {
  registration?: object;
  signIn?: object;
  password?: object;
  codes?: boolean;
}

async function world({ registration, signIn, password, codes = true }: Wish = {}) {
  const { organization, owner } = await app.given.organization();
  const root = `/v1/organizations/${organization.slug}`;
  const put = async (path: string, body: object) => {
    const { status, text } = await app.api.as(owner).put(`${root}/${path}`, body);
    expect({ status, text }).toMatchObject({ status: 200 });
  };
  if (registration) await put('policies/registration', registration);
  if (signIn) await put('policies/sign-in', signIn);
  if (password) await put('policies/password', password);
  if (codes)
    for (const type of ['email_verification', 'password_reset', 'magic_link'])
      await put(`verification-token-types/${type}`, { lifetimeSeconds: null, codeLength: 6 });
  await app.given.forgetAudit(organization);
  return { organization, owner, address: (path: string) => `/o/${organization.slug}/${path}` };
}

async function whoIsSignedIn(walker: Walker, { slug }: TestOrganization): Promise<string | null> {
  const answer = await walker.send('GET', `/v1/session?organization=${slug}`);
  return answer.status === 200 ? (JSON.parse(answer.text) as { user: { email: string } }).user.email : null;
}

/** Of the latest mail. */
const codeOf = async (email: string): Promise<string> =>
  /\b(\d{6})\b/.exec((await app.mailbox.all(email)).at(-1)!.text)![1]!;

const open = { mode: 'open' };

describe('Signing up', () => {
  const person = { email: 'mia@acme.example', fullName: 'Mia', password: newPassword };

  it('ends signed in once the address is shown by its code', async () => {
    const { organization, address } = await world({ registration: open });
    const walker = new Walker(app);

    const page = await walker.open(address('sign-up'));
    expect(page.text).toContain('autocomplete="new-password"');
    const waiting = await walker.press(page, 'Create the account', person);
    expect(waiting.address).toContain('/sign-in?flow=');
    expect(readingOf(waiting)).toContain('We have sent a mail to mia@acme.example.');
    expect(waiting.text).toContain('autocomplete="one-time-code"');
    const wrongCode = await walker.press(waiting, 'Use the code', { code: '000000' });
    expect(wrongCode.status).toBe(422);
    expect(wrongCode.text).toContain('id="code-error"');
    const done = await walker.press(wrongCode, 'Use the code', { code: await codeOf(person.email) });

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(person.email);
    expect(await app.given.auditOf(organization)).toEqual([
      'user.signed_up',
      'email_verification.refused (refused)',
      'email.verified',
      'session.created',
    ]);
  });

  it('ends signed in once the link was followed, also elsewhere', async () => {
    const { organization, address } = await world({ registration: open, codes: false });
    const walker = new Walker(app);
    const waiting = await walker.press(await walker.open(address('sign-up')), 'Create the account', person);
    expect(waiting.text).not.toContain('one-time-code');

    const early = await walker.press(waiting, 'I have followed the link');
    expect(early.status).toBe(422);
    expect(readingOf(early)).toContain('The address is not confirmed yet.');
    const { link } = await app.mailbox.next(person.email);
    const phone = new Walker(app);
    await phone.press(await phone.open(link!), 'Confirm the address');
    expect(await whoIsSignedIn(phone, organization)).toBeNull();
    const done = await walker.press(early, 'I have followed the link');

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(person.email);
  });

  it('says the same of an address that has an account, which stays as it is', async () => {
    const { organization, address } = await world({ registration: open });
    const max = await app.given.user(organization, { emailVerifiedAt: new Date() });
    const read = async (email: string) => {
      const walker = new Walker(app);
      const waiting = await walker.press(await walker.open(address('sign-up')), 'Create the account', {
        ...person,
        email,
      });
      const followed = await walker.press(waiting, 'I have followed the link');
      const again = await walker.press(followed, 'Send the mail again');
      const coded = await walker.press(again, 'Use the code', { code: '123456' });
      expect(await whoIsSignedIn(walker, organization)).toBeNull();
      return [waiting, followed, again, coded].map((page) => [
        page.status,
        readingOf(page).replaceAll(email, ''),
      ]);
    };

    const fresh = await read('new@acme.example');
    const known = await read(max.email);

    expect(known).toEqual(fresh);
    const signIn = { identifier: max.email, password: testPassword };
    expect((await app.api.post(`/v1/organizations/${organization.slug}/sign-in`, signIn)).status).toBe(200);
    const [mail] = await app.mailbox.all(max.email);
    expect(mail!.subject).toBe('You already have an account');
  });

  it('signs nobody in whose password was set by somebody else meanwhile', async () => {
    const { organization, address } = await world({ registration: open });
    const walker = new Walker(app);
    const waiting = await walker.press(await walker.open(address('sign-up')), 'Create the account', person);
    const code = await codeOf(person.email);
    await app.sql(
      `update tenantry.users set password_hash = 'another', password_changed_at = now() where org_id = $1 and email = $2`,
      [organization.id, person.email],
    );

    const next = await walker.press(waiting, 'Use the code', { code });

    expect(await whoIsSignedIn(walker, organization)).toBeNull();
    expect(readingOf(next)).toContain('Your address is confirmed. Sign in now.');
  });

  it('is only where the policy is open, and with the domains that it takes', async () => {
    for (const [mode, text] of [
      ['closed', 'makes its accounts itself'],
      ['invitation', 'for people who are invited'],
    ] as const) {
      const { address, organization } = await world({ registration: { mode } });
      const walker = new Walker(app);
      const page = await walker.open(address('sign-up'));
      expect(page.status).toBe(403);
      expect(readingOf(page)).toContain(text);
      expect(readingOf(await walker.open(address('sign-in')))).not.toContain('Sign up');
      expect(await app.given.auditOf(organization)).toEqual([]);
    }
    const { address, organization } = await world({ registration: { ...open, domains: ['acme.example'] } });
    const walker = new Walker(app);
    const page = await walker.open(address('sign-up'));
    expect(readingOf(page)).toContain('With an address of acme.example.');

    const refused = await walker.press(page, 'Create the account', {
      ...person,
      email: 'mia@evil-acme.example',
    });

    expect(refused.status).toBe(422);
    expect(refused.text).toContain('id="email-error"');
    expect(refused.text).toContain('value="mia@evil-acme.example"');
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('says beside each field what is wrong', async () => {
    const { address } = await world({ registration: open });
    const walker = new Walker(app);
    const page = await walker.open(address('sign-up'));

    for (const [typed, field] of [
      [{ ...person, email: 'mia' }, 'email'],
      [{ ...person, password: 'short' }, 'password'],
      [{ ...person, password: '' }, 'password'],
      [{ ...person, fullName: 'x'.repeat(201) }, 'fullName'],
    ] as const) {
      const refused = await walker.press(page, 'Create the account', typed);
      expect([400, 422]).toContain(refused.status);
      expect(refused.text).toContain(`id="${field}-error"`);
      expect(refused.text).toContain(`href="#${field}"`);
    }
    for (const password of ['', 'short']) {
      const all = await walker.press(page, 'Create the account', {
        email: 'mia',
        fullName: 'x'.repeat(201),
        password,
      });
      for (const field of ['email', 'fullName', 'password'])
        expect(all.text).toContain(`id="${field}-error"`);
    }
  });
});

describe('Signing in with an address that is not verified', () => {
  it('where that is required asks for the mail first, in the same flow', async () => {
    const { organization, address } = await world({
      registration: { ...open, emailVerification: 'required' },
    });
    const max = await app.given.user(organization);
    const walker = new Walker(app);

    const waiting = await walker.press(await walker.open(address('sign-in')), 'Sign in', {
      identifier: max.email,
      password: testPassword,
    });
    expect(readingOf(waiting)).toContain(`show that you read the mails of ${max.email}`);
    expect(await whoIsSignedIn(walker, organization)).toBeNull();
    const done = await walker.press(waiting, 'Use the code', { code: await codeOf(max.email) });

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.email);
  });
});

describe('The link of a mail', () => {
  it('goes on in the browser that waits for it', async () => {
    const { organization, address } = await world({ registration: open, codes: false });
    const walker = new Walker(app);
    const person = { email: 'mia@acme.example', fullName: 'Mia', password: newPassword };
    await walker.press(await walker.open(address('sign-up')), 'Create the account', person);
    const { link } = await app.mailbox.next(person.email);

    const asked = await walker.open(link!);
    expect(asked.address).toBe(address('verify-email'));
    const done = await walker.press(asked, 'Confirm the address');

    expect(linkOn(done, 'Continue')).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(person.email);
  });

  it('that signs in does so in any browser, and finishes the flow in the one that asked', async () => {
    const { organization, address } = await world({ signIn: { magicLink: true }, codes: false });
    const max = await app.given.user(organization);
    const ask = async () => {
      const walker = new Walker(app);
      await app.mailbox.clear();
      const page = await walker.open(address('sign-in?return_to=account-sessions'));
      const waiting = await walker.press(page, 'Mail me a link to sign in', { identifier: max.email });
      return { walker, waiting, link: (await app.mailbox.next(max.email)).link! };
    };

    const same = await ask();
    const here = await same.walker.press(await same.walker.open(same.link), 'Sign in');
    expect(readingOf(here)).toContain(`Signed in as ${max.email}`);
    expect(linkOn(here, 'Continue')).toBe(address('account/sessions'));
    const late = await same.walker.press(same.waiting, 'Sign in with the password');
    expect(late.address).toBe(address('account'));
    const other = await ask();
    const phone = new Walker(app);
    const there = await phone.press(await phone.open(other.link), 'Sign in');
    expect(linkOn(there, 'Continue')).toBe(address('account'));
    expect(await whoIsSignedIn(phone, organization)).toBe(max.email);
    expect(await whoIsSignedIn(other.walker, organization)).toBeNull();
  });

  it('that sets a password leads back to where it was asked for', async () => {
    const { organization, address } = await world({ codes: false });
    const max = await app.given.user(organization);
    await app.mailbox.clear();
    const walker = new Walker(app);
    const ask = await walker.open(address('forgotten-password?return_to=account-sessions'));
    await walker.press(ask, 'Send the mail', { identifier: max.email });
    const form = await walker.open((await app.mailbox.next(max.email)).link!);

    const saved = await walker.press(form, 'Save the password', { password: newPassword });
    const signIn = await walker.open(linkOn(saved, 'Sign in'));
    const done = await walker.press(signIn, 'Sign in', { password: newPassword });

    expect(done.address).toBe(address('account/sessions'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.email);
  });
});

describe('A forgotten password', () => {
  it('is set anew with the code of a mail, and then proven', async () => {
    const { organization, address } = await world();
    const max = await app.given.user(organization);
    const walker = new Walker(app);

    const ask = await walker.open(address('forgotten-password'));
    const waiting = await walker.press(ask, 'Send the mail', { identifier: max.email });
    expect(readingOf(waiting)).toContain(`If there is an account for ${max.email}`);
    const code = await codeOf(max.email);
    const weak = await walker.press(waiting, 'Save the password', { code, password: 'short' });
    expect(weak.text).toContain('Too short: 15 characters are needed.');
    const saved = await walker.press(weak, 'Save the password', { code, password: newPassword });
    expect(readingOf(saved)).toContain('Your new password is saved.');
    expect(await whoIsSignedIn(walker, organization)).toBeNull();
    const done = await walker.press(saved, 'Sign in', { password: newPassword });

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.email);
  });

  it('says the same to unknown people', async () => {
    const { organization, address } = await world();
    const max = await app.given.user(organization);
    const read = async (identifier: string) => {
      const walker = new Walker(app);
      const waiting = await walker.press(await walker.open(address('forgotten-password')), 'Send the mail', {
        identifier,
      });
      const wrongCode = await walker.press(waiting, 'Save the password', {
        code: '123456',
        password: newPassword,
      });
      return [waiting, wrongCode].map((page) => [page.status, readingOf(page).replaceAll(identifier, '')]);
    };

    expect(await read('nobody@nowhere.example')).toEqual(await read(max.email));
  });

  it('is a matter of the administrators where the policy says so', async () => {
    const { address } = await world({ password: { reset: 'administrator' } });
    const walker = new Walker(app);

    expect(readingOf(await walker.open(address('sign-in')))).not.toContain('Forgot your password?');
    const page = await walker.open(address('forgotten-password'));
    expect(readingOf(page)).toContain('the administrators start the way to a new password');
    expect(page.text).not.toContain('<form');
  });
});

describe('A link in a mail instead of the password', () => {
  it('is offered where the organization wants it, and its code signs in', async () => {
    const { organization, address } = await world({ signIn: { magicLink: true } });
    const max = await app.given.user(organization);
    const walker = new Walker(app);

    const waiting = await walker.press(await walker.open(address('sign-in')), 'Mail me a link to sign in', {
      identifier: max.email,
    });
    expect(readingOf(waiting)).toContain('a mail with a link is on its way');
    const done = await walker.press(waiting, 'Use the code', { code: await codeOf(max.email) });

    expect(done.address).toBe(address('account'));
    expect(await whoIsSignedIn(walker, organization)).toBe(max.email);
    expect(walker.cookie(sessionCookie(organization))).toMatch(/^ten_ses_/);
  });

  it('can be changed for the password', async () => {
    const { organization, address } = await world({ signIn: { magicLink: true, identifierFirst: true } });
    const max = await app.given.user(organization);
    const walker = new Walker(app);
    const password = await walker.press(await walker.open(address('sign-in')), 'Continue', {
      identifier: max.email,
    });
    const waiting = await walker.press(password, 'Mail me a link to sign in');
    const back = await walker.press(waiting, 'Sign in with the password');

    const done = await walker.press(back, 'Sign in', { password: testPassword });

    expect(done.address).toBe(address('account'));
  });

  it('is no way in where the organization does not want it, and needs an address', async () => {
    const closed = await world();
    const walker = new Walker(app);
    const page = await walker.open(closed.address('sign-in'));
    expect(readingOf(page)).not.toContain('Mail me a link');
    const { address } = await world({ signIn: { magicLink: true } });
    const other = new Walker(app);
    const refused = await other.press(await other.open(address('sign-in')), 'Mail me a link to sign in', {
      identifier: 'max',
    });
    expect(readingOf(refused)).toContain('For a link, give your e-mail address.');
  });
});
