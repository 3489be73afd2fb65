import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statementsOf } from '../access-control/statements.js';
import { type ApiResponse, startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { TRUSTED_PROXIES: '127.0.0.1', LIMIT_RECOVERIES_PER_ADDRESS: '4' } });
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

const starts = [
  ['email-verification', 'email'],
  ['password-reset', 'identifier'],
  ['magic-link', 'email'],
] as const;

function start(
  organization: TestOrganization,
  what: string,
  field: string,
  value: string,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/${what}`, { [field]: value }, { headers });
}

async function givenOrganization(): Promise<TestOrganization> {
  const { organization, owner } = await app.given.organization();
  const path = `/v1/organizations/${organization.slug}/policies/sign-in`;
  await app.api.as(owner).put(path, { magicLink: true });
  await app.mailbox.clear();
  return organization;
}

describe('Asking for a mail', () => {
  it.each(starts)(
    'tells known from unknown neither by the answer nor by the work: %s',
    async (what, field) => {
      const organization = await givenOrganization();
      const known = await app.given.user(organization, { email: 'known@acme.example' });
      const locked = await app.given.user(organization, { email: 'locked@acme.example', status: 'locked' });
      await app.mailbox.clear();
      await start(organization, what, field, 'warm-up@acme.example');

      const seen = [];
      for (const email of [known.email, 'nobody@acme.example', locked.email]) {
        let answer!: ApiResponse;
        const statements = await statementsOf(async () => {
          answer = await start(organization, what, field, email);
        });
        const { 'x-request-id': _id, date: _date, ...headers } = answer.headers;
        seen.push({ statements, status: answer.status, text: answer.text, headers });
      }

      expect(seen[0]!.status).toBe(202);
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[2]).toEqual(seen[0]);
      expect((await app.mailbox.all(known.email)).length).toBe(1);
      expect(
        await app.sql(`select 1 from mails where org_id = $1 and state <> $2 and template <> 'welcome'`, [
          organization.id,
          'sent',
        ]),
      ).toEqual([]);
    },
  );

  it('is answered as ever after three mails in ten minutes, and ten a day, but nothing is sent', async () => {
    const organization = await givenOrganization();
    const { email } = await app.given.user(organization, { username: 'max' });
    await app.mailbox.clear();
    const counts = [];

    for (let round = 1; round <= 4; round += 1) {
      for (const [what, field] of starts) await start(organization, what, field, email);
      const beyond = await start(organization, 'password-reset', 'identifier', 'max');
      expect([beyond.status, beyond.text]).toEqual([202, '']);
      counts.push((await app.mailbox.all(email)).length);
      await app.given.timePasses(organization, '11 minutes');
    }

    expect(counts).toEqual([3, 3, 3, 1]);
    await app.given.timePasses(organization, '1 day');
    await start(organization, 'password-reset', 'identifier', email);
    expect(await app.mailbox.all(email)).toHaveLength(1);
  });

  it('counts made-up addresses alike', async () => {
    const organization = await givenOrganization();

    for (let count = 0; count < 5; count += 1)
      await start(organization, 'password-reset', 'identifier', 'No-One@acme.example');

    const events = await app.given.auditEventsOf(organization);
    const refused = events
      .filter(({ outcome }) => outcome === 'refused')
      .map(({ change }) => change['reason']);
    expect(refused).toEqual(Array<string>(5).fill('unknown_user'));
    const [{ attempts }] = await app.sql(
      `select attempts from attempt_counters where org_id = $1 and kind = 'mail.recipient'`,
      [organization.id],
    );
    expect(attempts).toBe(5);
  });

  it('is refused to a network address that asks too often', async () => {
    const organization = await givenOrganization();
    const ask = (ip: string, name: number) =>
      start(organization, 'password-reset', 'identifier', `person-${name}@acme.example`, {
        'x-forwarded-for': ip,
      });

    const statuses = [];
    for (let name = 0; name < 5; name += 1) statuses.push((await ask('203.0.113.7', name)).status);
    const elsewhere = await ask('203.0.113.8', 9);

    expect(statuses).toEqual([202, 202, 202, 202, 429]);
    expect(elsewhere.status).toBe(202);
  });

  it('takes whatever somebody may have typed as a name', async () => {
    const organization = await givenOrganization();

    for (const identifier of ['max m', '💥', "' or 1=1 --", 'a@b@c', 'x'.repeat(254)])
      expect((await start(organization, 'password-reset', 'identifier', identifier)).status).toBe(202);
  });
});

describe('Signing up with an address that is known', () => {
  it('tells the one who reads its mail, and nobody else, three times in ten minutes', async () => {
    const { organization } = await app.given.organization({ registration: { mode: 'open' } });
    const { email } = await app.given.user(organization);
    await app.mailbox.clear();
    const signUp = (person: object) =>
      app.api.post(`/v1/organizations/${organization.slug}/sign-up`, {
        password: 'seven grey herons at dawn',
        ...person,
      });

    const statuses = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await signUp({ email })).status);

    expect(statuses).toEqual([201, 201, 201, 201]);
    const mails = await app.mailbox.all(email);
    expect(mails.map(({ subject }) => subject)).toEqual(Array<string>(3).fill('You already have an account'));
    expect(mails[0]!.token).toBeNull();
  });
});
