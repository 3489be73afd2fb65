import { rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import { queueMail } from './mail-world.js';

const dataDir = makeTemporaryDirectory('mails');
let app: TestApp;
let organization: TestOrganization;
beforeAll(async () => {
  app = await startApp({ env: { MAIL_TRANSPORT: 'file', DATA_DIR: dataDir } });
  ({ organization } = await app.given.organization({ owner: { fullName: '<b>Olga</b>' } }));
  await app.mailbox.clear();
});
afterAll(async () => {
  await app.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  app.exchange.send({ method: 'GET', path, headers });

describe('Captured mails', () => {
  it('are kept as files, and shown with their links', async () => {
    const folder = join(dataDir, 'mails');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
    const sources = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    const id = names[sources.findIndex((source) => source.includes('olga@acme.example'))]!.replace(
      '.eml',
      '',
    );
    const list = await get('/dev/mails');
    const mail = await get(`/dev/mails/${id}`);
    const body = await get(`/dev/mails/${id}/html`);

    expect(sources.join()).toMatch(/^From: Acme <no-reply@localhost>$/m);
    expect(list.text).toContain(`href="/dev/mails/${id}"`);
    expect(mail.text).toContain('sandbox');
    expect(mail.headers['content-security-policy']).toContain("default-src 'none'");
    expect(body.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
    const [link] = /http:[^\s"<]+token=[\w-]+/.exec(mail.text) ?? [];
    expect(link).toMatch(new RegExp(`^${app.origin}/o/acme/`));
  });

  it('hold nothing that a recipient could have put there as markup', async () => {
    await queueMail(app, organization, {
      template: 'invitation',
      to: 'new@acme.example',
      data: { message: '"><script>alert(1)</script>', invitedBy: '<img src=x onerror=alert(1)>' },
    });
    await app.mailbox.clear();

    const [, id] = /href="\/dev\/mails\/([^"]+)"/.exec((await get('/dev/mails')).text)!;
    const pages = await Promise.all(['', `/${id}`, `/${id}/html`].map((path) => get(`/dev/mails${path}`)));

    for (const { status, text } of pages) {
      expect(status).toBe(200);
      expect(text).not.toMatch(/<script|<img src=x/);
    }
  });

  it.each(['evil.example', 'localhost.evil.example:80'])(
    'are not shown to a site called %j',
    async (host) => {
      expect((await get('/dev/mails', { host })).status).toBeGreaterThanOrEqual(400);
    },
  );

  it.each(['..%2f..%2fsecrets', '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4'])(
    'are not found as %s',
    async (id) => {
      expect((await get(`/dev/mails/${id}`)).status).toBe(404);
    },
  );

  it('do not exist beside a mail server, nor under an address that others reach', async () => {
    const withServer = await startApp({ beside: app });
    const open = await startApp({
      beside: app,
      env: { MAIL_TRANSPORT: 'file', DATA_DIR: dataDir, PUBLIC_URL: 'https://login.example.com' },
    });

    const answers = await Promise.all(
      [withServer, open].map((server) => server.exchange.send({ method: 'GET', path: '/dev/mails' })),
    );

    await Promise.all([withServer.stop(), open.stop()]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
