import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { SignInFlows } from '../../src/sign-in-flow/sign-in-flows.service.js';
import type { Flow, Traveller } from '../../src/sign-in-flow/sign-in-flow.types.js';
import { statementsOf } from '../access-control/statements.js';
import { formWith, Walker } from '../hosted-pages/walker.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const traveller = (organization: TestOrganization, browser = 'b'.repeat(43)): Traveller => ({
  visitor: {
    kind: 'anonymous',
    origin: { requestId: 'test-request', ip: '127.0.0.1', userAgent: null, idempotency: null },
  },
  organization,
  browser,
  sessionToken: null,
  deviceTokens: [],
});

function begin(organization: TestOrganization, browser?: string): Promise<Flow | null> {
  const flows = app.get(SignInFlows);
  return flows.begin(traveller(organization, browser), {
    id: flows.newId(),
    step: 'password',
    state: { identifier: 'max@acme.example' },
    interaction: null,
    returnTo: 'account',
  });
}

describe('A flow', () => {
  it('is taken once a version, of a hundred at once', async () => {
    const { organization } = await app.given.organization();
    const flow = (await begin(organization))!;

    const taken = await Promise.all(
      Array.from({ length: 100 }, () => app.get(SignInFlows).take(traveller(organization), flow)),
    );

    expect(taken.filter((one) => one !== null)).toMatchObject([{ version: 2 }]);
  });

  it('is moved, and finished, once a version', async () => {
    const { organization } = await app.given.organization();
    const flows = app.get(SignInFlows);
    const flow = (await begin(organization))!;

    const moved = await Promise.all(
      Array.from({ length: 20 }, () => flows.move(traveller(organization), flow, 'magic-link')),
    );
    const at = moved.find((one) => one !== null)!;
    const finished = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.get(Database).forOrganization(organization.id, (tx) => flows.finish(tx, at)),
      ),
    );

    expect(moved.filter((one) => one !== null)).toHaveLength(1);
    expect(finished.filter(Boolean)).toHaveLength(1);
    expect(await flows.find(traveller(organization), flow.id)).toBeNull();
    expect(await flows.move(traveller(organization), at, 'password')).toBeNull();
  });

  it('makes no move that is not in the table', async () => {
    const { organization } = await app.given.organization();
    const flow = (await begin(organization))!;
    const flows = app.get(SignInFlows);
    const before = await app.given.snapshot(organization);

    await expect(async () => flows.move(traveller(organization), flow, 'reset')).rejects.toThrow(
      'no way leads',
    );
    const reset = { ...flow, step: 'reset' } as const;
    await expect(
      app.get(Database).forOrganization(organization.id, async (tx) => flows.finish(tx, reset)),
    ).rejects.toThrow('nobody is signed in by "reset"');

    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('belongs to one browser and one organization', async () => {
    const { organization } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    const flow = (await begin(organization))!;
    const flows = app.get(SignInFlows);

    for (const other of [traveller(organization, 'c'.repeat(43)), traveller(globex.organization)]) {
      expect(await flows.find(other, flow.id)).toBeNull();
      expect(await flows.take(other, flow)).toBeNull();
      expect(await flows.latest(other, 'password')).toBeNull();
    }
    const [row] = await app.sql<{ text: string }>(
      'select f::text as text from tenantry.sign_in_flows f where id = $1',
      [flow.id],
    );
    expect(row!.text).not.toContain('b'.repeat(43));
    expect((await flows.latest(traveller(organization), 'password'))?.id).toBe(flow.id);
  });

  it('leaves when its browser begins over and over, and when it has ended', async () => {
    const { organization } = await app.given.organization();
    for (let time = 0; time < 15; time++) await begin(organization);
    const count = async () =>
      (await app.sql('select 1 from tenantry.sign_in_flows where org_id = $1', [organization.id])).length;
    expect(await count()).toBe(10);

    await app.given.timePasses(organization, '80 minutes');
    const purge = () =>
      app.get(Database).asPlatform('retention', (tx) => tx.query('select purge_sign_in_flows(1000)'));
    await purge();
    expect(await count()).toBe(10);
    await app.given.timePasses(organization, '20 minutes');
    await purge();

    expect(await count()).toBe(0);
  });
});

describe('The work of a form', () => {
  it.each([
    ['with a wrong password', false],
    ['on two pages', true],
  ])('%s is the same for unknown people', async (_, identifierFirst) => {
    const { organization, owner } = await app.given.organization();
    await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/policies/sign-in`, { identifierFirst });
    const max = await app.given.user(organization);
    const cost = async (identifier: string) => {
      const walker = new Walker(app);
      const page = await walker.open(`/o/${organization.slug}/sign-in`);
      return statementsOf(() =>
        walker.press(page, identifierFirst ? 'Continue' : 'Sign in', { identifier, password: 'not the one' }),
      );
    };

    await cost('warm@acme.example');
    expect(await cost('nobody@nowhere.example')).toBe(await cost(max.email));
  });

  it('that signs up is the same for whoever has an account', async () => {
    const { organization } = await app.given.organization({ registration: { mode: 'open' } });
    const max = await app.given.user(organization);
    const answers = [];
    for (const email of [max.email, 'nobody@acme.example']) {
      const walker = new Walker(app);
      const page = await walker.open(`/o/${organization.slug}/sign-up`);
      const { action, fields } = formWith(page, 'Create the account');
      const answer = await walker.post(action, { ...fields, email, password: testPassword });
      answers.push({
        status: answer.status,
        location: answer.headers['location']?.replace(/[0-9a-f-]{36}$/, ''),
        cookies: answer.cookies,
      });
    }

    expect(answers[0]).toEqual(answers[1]);
  });
});
