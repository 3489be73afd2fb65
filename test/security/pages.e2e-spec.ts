import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statementsOf } from '../access-control/statements.js';
import { formWith, Walker } from '../hosted-pages/walker.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization({ registration: { mode: 'open' } }));
});
afterAll(() => app.stop());

const at = (path: string) => `/o/${organization.slug}/${path}`;

describe('A name that nobody can have', () => {
  const names = ['\u0000', 'max\u0000@acme.example', 'max\u001f', 'x'.repeat(5_000)];

  it.each(names)('is refused where people sign in, and breaks nothing: %#', async (identifier) => {
    const walker = new Walker(app);
    const page = await walker.open(at('sign-in'));

    expect((await walker.press(page, 'Sign in', { identifier, password: 'x' })).status).toBe(400);
  });

  it.each(names)('is refused where a step asks for another name: %#', async (identifier) => {
    const walker = new Walker(app);
    const page = await walker.open(at('sign-in'));
    const wrong = await walker.press(page, 'Sign in', { identifier: 'max@acme.example', password: 'x' });

    const again = await walker.press(wrong, 'Sign in', { identifier, password: testPassword });

    expect(again.status).toBe(400);
    expect(formWith(again, 'Sign in').fields['identifier']).toBe('max@acme.example');
  });

  it.each(names)('is refused where people ask for another password: %#', async (identifier) => {
    const walker = new Walker(app);
    const page = await walker.open(at('forgotten-password'));
    const label = /<button[^>]*>\s*(?:<svg[\s\S]*?<\/svg>)?<span>([^<]*)/.exec(page.text)![1]!;

    expect((await walker.press(page, label, { identifier })).status).toBe(400);
  });
});

describe('Whoever waits for the mail of a sign-up', () => {
  it('learns from no number of statements whether there was an account already', async () => {
    const max = await app.given.user(organization);
    const costs = [];
    for (const email of ['warm@acme.example', max.email, 'nobody@acme.example']) {
      const walker = new Walker(app);
      const form = await walker.open(at('sign-up'));
      const waiting = await walker.press(form, 'Create the account', { email, password: testPassword });
      const followed = formWith(waiting, 'I have followed the link');
      costs.push(await statementsOf(() => walker.post(followed.action, followed.fields)));
    }

    expect(costs[1]).toBe(costs[2]);
  });
});
