import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenProvider } from '../accounts/world.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { textOf } from './account-browser.js';
import { Walker } from './walker.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function givenOwnDomain({ identifierFirst = true } = {}) {
  const { organization, owner } = await app.given.organization();
  const provider = await givenProvider(app, organization);
  const domain = `${organization.slug}.example`;
  await app.sql(
    `insert into email_domains (org_id, domain, challenge, provider_id, verified_at)
     values ($1, $2, repeat('c', 43), $3, now())`,
    [organization.id, domain, provider.id],
  );
  await app.api.as(owner).put(`/v1/organizations/${organization.slug}/policies/sign-in`, { identifierFirst });
  return { organization, owner, provider, domain };
}

/** Without what differs from flow to flow. */
const plain = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/nonce(-|=")[A-Za-z0-9+/=]+/g, '<nonce>');

describe('Whoever types an address of the organization’s own domain', () => {
  it('is led to its provider, and known and unknown ones see the same page', async () => {
    const { organization, owner, provider, domain } = await givenOwnDomain();
    const pages = [];
    for (const identifier of [owner.email, `nobody@${domain}`]) {
      const walker = new Walker(app);
      const page = await walker.open(`/o/${organization.slug}/sign-in`);
      pages.push(await walker.press(page, 'Continue', { identifier }));
    }

    const [known, unknown] = pages;
    expect(known!.status).toBe(200);
    expect(plain(known!.text)).toBe(plain(unknown!.text));
    const start = new RegExp(`/o/${organization.slug}/providers/${provider.name}/start\\?flow=[0-9a-f-]{36}`);
    expect(known!.text).toMatch(new RegExp(`http-equiv="refresh" content="0; url=${start.source}`));
    expect(known!.text).toMatch(new RegExp(`href="${start.source}`));
    expect(known!.text).not.toContain(owner.email);
  });

  it('is led there also with a password beside it, whether it is the right one or not', async () => {
    const { organization, owner, provider } = await givenOwnDomain({ identifierFirst: false });
    for (const password of [testPassword, 'not the password of anybody', '']) {
      const walker = new Walker(app);
      const page = await walker.open(`/o/${organization.slug}/sign-in`);

      const led = await walker.press(page, 'Sign in', { identifier: owner.email, password });

      expect(led.text).toContain(`/providers/${provider.name}/start`);
      expect(walker.cookieNames.some((name) => name.includes('session'))).toBe(false);
    }
  });

  it('gets in with the password where the address of the page asks for it: the provider may be down', async () => {
    const { organization, owner } = await givenOwnDomain({ identifierFirst: false });
    const walker = new Walker(app);
    const page = await walker.open(`/o/${organization.slug}/sign-in?with=password`);

    const inside = await walker.press(page, 'Sign in', { identifier: owner.email, password: testPassword });

    expect(inside.address).toContain(`/o/${organization.slug}/account`);
  });

  it.each([
    ['of another domain', 'max@other.example'],
    ['of a subdomain', 'max@sub.acme.example'],
    ['that is a user name', 'max'],
  ])('goes on as always with one %s', async (_, identifier) => {
    const { organization } = await givenOwnDomain();
    const walker = new Walker(app);
    const page = await walker.open(`/o/${organization.slug}/sign-in`);

    const next = await walker.press(page, 'Continue', { identifier });

    expect(textOf(next)).toContain('Password');
    expect(next.text).not.toContain('http-equiv="refresh"');
  });

  it('goes on as always while the domain is not verified, or its provider switched off', async () => {
    const { organization, owner, provider } = await givenOwnDomain();
    const type = async () => {
      const walker = new Walker(app);
      const page = await walker.open(`/o/${organization.slug}/sign-in`);
      return (await walker.press(page, 'Continue', { identifier: owner.email })).text;
    };
    expect(await type()).toContain('http-equiv="refresh"');

    await app.sql('update oauth_providers set is_enabled = false where id = $1', [provider.id]);
    expect(await type()).not.toContain('http-equiv="refresh"');
    await app.sql('update oauth_providers set is_enabled = true where id = $1', [provider.id]);
    await app.sql('update email_domains set verified_at = null where org_id = $1', [organization.id]);
    expect(await type()).not.toContain('http-equiv="refresh"');
  });
});
