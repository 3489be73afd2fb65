import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Upstream } from './upstream.js';
import { attemptsOf, callbackOf, givenMax, givenProvider, Journey, outboundOpen } from './world.js';

let app: TestApp;
let ill: Upstream;
let well: Upstream;
let organization: TestOrganization;
let owner: TestUser;
let name: string;
let count = 0;

beforeAll(async () => {
  app = await startApp({ env: outboundOpen });
  ({ organization, owner } = await app.given.organization({ registration: { mode: 'open' } }));
  ill = await new Upstream().start([callbackOf(app, organization)]);
  well = await new Upstream().start([callbackOf(app, organization)]);
  givenMax(ill);
  givenMax(well, { email: 'well@upstream.example' });
  await givenProvider(app, organization, owner, { name: 'well', issuer: well.issuer });
});
afterAll(async () => {
  await app?.stop();
  await ill?.stop();
  await well?.stop();
});
beforeEach(async () => {
  ill.mischief = {};
  name = `ill-${++count}`;
  await givenProvider(app, organization, owner, { name, issuer: ill.issuer, displayName: 'Ill' });
});
const waiting: ServerResponse[] = [];
afterEach(() => {
  for (const response of waiting.splice(0)) response.destroy();
});

const silence = (_request: unknown, response: ServerResponse) => void waiting.push(response);

function endless(_request: unknown, response: ServerResponse): void {
  waiting.push(response);
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function drops(_request: unknown, response: ServerResponse): void {
  waiting.push(response);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"access_token":');
}

describe('A provider in trouble', () => {
  it.each([
    ['says nothing', 'upstream_slow', silence],
    ['begins and stops', 'upstream_slow', drops],
    ['never ends', 'upstream_broken', endless],
    [
      'fails',
      'upstream_broken',
      (_request: unknown, response: ServerResponse) => void response.writeHead(500).end('{}'),
    ],
  ])('that %s costs its people three seconds, and is named on the page', async (_name, code, handler) => {
    const journey = new Journey(app, organization);
    const address = await journey.through(name);
    ill.mischief = { at: { '/token': handler } };
    const begun = performance.now();

    const page = await journey.walker.open(address);

    expect(performance.now() - begun).toBeLessThan(5_000);
    const [attempt] = await attemptsOf(app, organization, owner, name);
    expect([page.status, attempt!.failure?.code]).toEqual([503, code]);
    expect(page.text).toContain('Ill does not answer');
    expect(page.text).toContain(attempt!.reference);
    expect(page.headers['retry-after']).toBe('30');
    expect(await journey.whoIsSignedIn()).toBeNull();
  });

  it('is left alone for a while after three failures, and only its own people notice', async () => {
    const fails = (_request: unknown, response: ServerResponse) => void response.writeHead(503).end('{}');
    const addresses = [];
    const journeys = [1, 2, 3, 4].map(() => new Journey(app, organization));
    for (const journey of journeys) addresses.push(await journey.through(name));
    ill.mischief = { at: { '/token': fails } };
    for (const index of [0, 1, 2]) await journeys[index]!.walker.open(addresses[index]!);
    const asked = ill.asked.length;

    const page = await journeys[3]!.walker.open(addresses[3]!);
    const start = await journeys[3]!.walker.open(`/o/${organization.slug}/providers/${name}/start`);

    expect([page.status, start.status]).toEqual([503, 503]);
    expect(ill.asked.length).toBe(asked);
    expect((await attemptsOf(app, organization, owner, name))[0]!.failure!.code).toBe('upstream_paused');
    const other = new Journey(app, organization);
    expect((await other.go('well')).address).toBe(`/o/${organization.slug}/account`);
    const max = await app.given.user(organization, { emailVerifiedAt: new Date() });
    const byPassword = new Journey(app, organization);
    const form = await byPassword.walker.open(`/o/${organization.slug}/sign-in`);
    await byPassword.walker.press(form, 'Sign in', { identifier: max.email, password: testPassword });
    expect((await byPassword.whoIsSignedIn())!.id).toBe(max.id);
  });

  it('is asked again by itself, and takes one try to be well again', async () => {
    const fails = (_request: unknown, response: ServerResponse) => void response.writeHead(503).end('{}');
    const journeys = [1, 2, 3].map(() => new Journey(app, organization));
    const addresses = [];
    for (const journey of journeys) addresses.push(await journey.through(name));
    ill.mischief = { at: { '/token': fails } };
    for (const index of [0, 1, 2]) await journeys[index]!.walker.open(addresses[index]!);
    ill.mischief = {};
    const realNow = Date.now;
    const later = 31_000;

    Date.now = () => realNow() + later;
    try {
      const done = await new Journey(app, organization).go(name);
      expect(done.address).toBe(`/o/${organization.slug}/account`);
    } finally {
      Date.now = realNow;
    }

    expect((await new Journey(app, organization).go(name)).address).toBe(`/o/${organization.slug}/account`);
  });

  it('is not called at an address inside, wherever its document leads', async () => {
    const closed = await startApp({ env: { OUTBOUND_ALLOWED_RANGES: '' } });
    try {
      const world = await closed.given.organization();
      const path = `/v1/organizations/${world.organization.slug}/providers`;
      const asked = ill.asked.length;

      const response = await closed.api
        .as(world.owner)
        .post(path, { name: 'inside', type: 'oidc', clientId: 'c', issuer: ill.issuer });

      expect(response).toBeProblem('provider_unusable');
      expect(ill.asked.length).toBe(asked);
    } finally {
      await closed.stop();
    }
  });
});
