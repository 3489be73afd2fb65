import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';
import { readingOf, Walker } from './walker.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

async function ask(email: string, language?: string) {
  const walker = new Walker(app, language);
  const page = await walker.open('/sign-in');
  const label = language === 'de' ? 'E-Mail schicken' : 'Send the mail';
  return walker.press(page, label, { email });
}

describe('Finding an organization', () => {
  it('mails the organizations that know an address, in the language of the page', async () => {
    const acme = await app.given.organization({ name: 'Acme' });
    const globex = await app.given.organization({ name: 'Globex' });
    const closed = await app.given.organization({ name: 'Closed' });
    const gone = await app.given.organization({ name: 'Gone' });
    const email = 'max@elsewhere.example';
    for (const { organization } of [acme, globex, closed, gone])
      await app.given.user(organization, {
        email,
        ...(organization.name === 'Gone' && { status: 'deactivated' as const }),
      });
    await app.sql(`update tenantry.organizations set status = 'suspended' where id = $1`, [
      closed.organization.id,
    ]);
    await app.mailbox.clear();

    const done = await ask('MAX@elsewhere.example', 'de');

    expect(done.status).toBe(200);
    expect(readingOf(done)).toContain('ist eine E-Mail mit dem Weg dorthin unterwegs');
    const mail = await app.mailbox.next(email);
    expect(mail.subject).toBe('Ihre Organisationen');
    expect(mail.text).toContain(
      `Acme\n${app.origin}/o/${acme.organization.slug}/sign-in\n\nGlobex\n${app.origin}/o/${globex.organization.slug}/sign-in`,
    );
    expect(mail.text).not.toContain('Closed');
    expect(mail.text).not.toContain('Gone');
    expect(mail.html).toContain('Globex');
  });

  it('says the same of an address that nobody knows, and mails nobody', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const platform = await app.given.platformOrganization();
    await app.given.forgetAudit(platform);
    await app.mailbox.clear();

    const known = readingOf(await ask(max.email)).replaceAll(max.email, '');
    const unknown = readingOf(await ask('nobody@nowhere.example')).replaceAll('nobody@nowhere.example', '');

    expect(unknown).toBe(known);
    await app.mailbox.next(max.email);
    expect(await app.mailbox.all('nobody@nowhere.example')).toEqual([]);
    expect(await app.given.auditOf(platform)).toEqual([
      'organization_list.requested',
      'organization_list.requested (refused)',
    ]);
  });

  it('floods no mailbox', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    await app.mailbox.clear();

    const answers = [];
    for (let time = 0; time < 5; time++) answers.push(readingOf(await ask(max.email)));

    expect(new Set(answers).size).toBe(1);
    expect(await app.mailbox.all(max.email)).toHaveLength(3);
  });

  it('is limited for one network address', async () => {
    const limited = await startApp({
      env: { NODE_ENV: 'test', LIMIT_RECOVERIES_PER_ADDRESS: '2', TRUSTED_PROXIES: '127.0.0.1' },
    });
    try {
      const from = async (ip: string) => {
        const walker = new Walker(limited);
        const page = await walker.open('/sign-in');
        const { formWith } = await import('./walker.js');
        const { action, fields } = formWith(page, 'Send the mail');
        return walker.post(action, { ...fields, email: 'max@acme.example' }, { 'x-forwarded-for': ip });
      };
      expect((await from('203.0.113.7')).status).toBe(200);
      expect((await from('203.0.113.7')).status).toBe(200);
      const third = await from('203.0.113.7');
      expect(third.status).toBe(429);
      expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
      expect((await from('203.0.113.8')).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });

  it('takes no form of another site, and no address that is none', async () => {
    expect((await ask('no address')).text).toContain('id="email-error"');
    const walker = new Walker(app);
    const page = await walker.open('/sign-in');
    const forged = await walker.post('/sign-in', { email: 'max@acme.example' });
    expect(forged.status).toBe(403);
    expect(readingOf(forged)).toContain('Please send this once more');
    const { formWith } = await import('./walker.js');
    const foreign = await walker.post('/sign-in', formWith(page, 'Send the mail').fields, {
      'sec-fetch-site': 'cross-site',
    });
    expect(foreign.status).toBe(403);
  });
});
