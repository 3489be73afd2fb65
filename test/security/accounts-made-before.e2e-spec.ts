import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Walker } from '../hosted-pages/walker.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const ownPassword = 'copper bicycle 19 beneath Tall Pines';

describe('Whoever signs up with an address with which somebody else has signed up before', () => {
  it('does not confirm it for them, neither by a code nor by another mail', async () => {
    const { organization, owner } = await app.given.organization({
      registration: { mode: 'open', emailVerification: 'required' },
    });
    const root = `/v1/organizations/${organization.slug}`;
    await app.api
      .as(owner)
      .put(`${root}/verification-token-types/email_verification`, { lifetimeSeconds: null, codeLength: 6 });
    const email = 'victim@acme.example';
    const credentials = { identifier: email, password: testPassword };
    await app.api.post(`${root}/sign-up`, { email, password: testPassword });
    const code = /\b(\d{6})\b/.exec((await app.mailbox.next(email)).text)![1]!;

    const victim = new Walker(app);
    const form = await victim.open(`/o/${organization.slug}/sign-up`);
    const waiting = await victim.press(form, 'Create the account', { email, password: ownPassword });
    const typed = await victim.press(waiting, 'Use the code', { code });
    await victim.press(typed, 'Send the mail again');

    expect(typed.status).toBe(422);
    expect((await app.mailbox.all(email)).map(({ subject }) => subject)).not.toContain(
      'Confirm your e-mail address',
    );
    expect(await app.api.post(`${root}/sign-in`, credentials)).toBeProblem('email_unverified');
  });
});
