import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('Whoever signs up with the address of somebody else', () => {
  it.each([
    'You win at win24.com',
    'Look at 93.184.216.34',
    'Go to evil．example',
    'Go to evil\u00ad.example',
  ])('writes them nothing that leads anywhere: %s', async (fullName) => {
    const { organization } = await app.given.organization({ registration: { mode: 'open' } });
    const email = `stranger@${organization.slug}.example`;

    const path = `/v1/organizations/${organization.slug}/sign-up`;
    expect((await app.api.post(path, { email, fullName, password: testPassword })).status).toBe(201);

    const mail = await app.mailbox.next(email);
    for (const part of [mail.subject, mail.text, mail.html, JSON.stringify(mail.headers)])
      expect(part).not.toContain(fullName.split(' ').at(-1));
  });
});
