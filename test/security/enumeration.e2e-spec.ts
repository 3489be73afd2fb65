import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization({ registration: { mode: 'open' } }));
  await app.given.user(organization, { email: 'max@acme.example', username: 'max' });
  await app.given.user(organization, { email: 'mia@xn--bcher-kva.example' });
});
afterAll(() => app.stop());

describe('Being throttled', () => {
  it.each([
    ['an invisible character', 'max@acme.example', 'nobody@acme.example', soft],
    ['another at sign', 'max@acme.example', 'no-one@acme.example', smallAt],
    ['an international domain', 'mia@xn--bcher-kva.example', 'noa@xn--bcher-kva.example', unicode],
  ])('tells known from unknown by no other spelling: %s', async (_, known, unknown, respell) => {
    const waits = [];
    for (const identifier of [known, unknown]) {
      for (let failure = 1; failure <= 5; failure += 1) await fail(identifier);
      waits.push(await fail(respell(identifier)));
      await app.sql('delete from attempt_counters');
    }

    expect(waits).toEqual([expect.any(String), expect.any(String)]);
  });
});

describe('The answer to a sign-up', () => {
  it('has an id and a time that were made in one order, whether somebody is there or not', async () => {
    const answers = [];
    for (let person = 1; person <= 5; person += 1) {
      const email = `new-${person}@acme.example`;
      answers.push(await signUp(email), await signUp(email));
    }

    for (const { id, createdAt } of answers) {
      // The id is made after the transaction has begun, which is what the time says.
      expect(millisecondsOf(id)).toBeGreaterThanOrEqual(Date.parse(createdAt));
    }
    const [users] = await app.sql(`select count(*)::int from users where email like 'new-%'`);
    expect(users).toEqual({ count: 5 });
  });
});

async function fail(identifier: string): Promise<string | undefined> {
  const path = `/v1/organizations/${organization.slug}/sign-in`;
  const response = await app.api.post(path, { identifier, password: 'not the password' });
  expect(response).toBeProblem('invalid_credentials');
  return response.headers['retry-after'];
}

async function signUp(email: string): Promise<{ id: string; createdAt: string }> {
  const password = 'violet lantern 57 over Moss Harbor';
  const response = await app.api.post(`/v1/organizations/${organization.slug}/sign-up`, { email, password });
  expect(response.status).toBe(201);
  return response.body.user as { id: string; createdAt: string };
}

function soft(email: string): string {
  return email.replace('acme', 'ac\u00adme');
}

function smallAt(email: string): string {
  return email.replace('@', '\ufe6b');
}

function unicode(email: string): string {
  return email.replace('xn--bcher-kva', 'bücher');
}

/** RFC 9562, section 5.7. */
function millisecondsOf(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
