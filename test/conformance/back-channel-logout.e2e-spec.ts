import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { afterSignOutUri, failureOf, Party, type VerifiedTokens } from './party.js';
import { Person } from './person.js';

interface Told {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;
let max: TestUser;
/** The side of the applications where they are told, and what it answers. */
let receiver: Server;
let receiverOrigin: string;
let told: Told[] = [];
let status = 200;

beforeAll(async () => {
  app = await startApp({ env: { OUTBOUND_ALLOWED_RANGES: '127.0.0.1/32' } });
  ({ organization: acme, owner: olga } = await app.given.organization());
  max = await app.given.user(acme);
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      told.push({ path: request.url!, headers: request.headers, form });
      response.writeHead(status, { 'cache-control': 'no-store' }).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverOrigin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(async () => {
  receiver.close();
  await app.stop();
});
beforeEach(() => {
  told = [];
  status = 200;
});

const listening = (path = '/logout', settings: Record<string, unknown> = {}) =>
  Party.register(app, acme, olga, {
    consent: 'none',
    backchannelLogoutUri: receiverOrigin + path,
    backchannelLogoutSessionRequired: true,
    ...settings,
  });

async function signIn(party: Party, person = new Person(app.origin, max)) {
  const request = party.request();
  return { person, tokens: await party.redeem(request, await person.arriveFrom(request.url)) };
}

async function signOut(party: Party, person: Person, { response }: VerifiedTokens) {
  const url = new URL(party.server.end_session_endpoint!);
  url.searchParams.set('id_token_hint', response.id_token!);
  url.searchParams.set('post_logout_redirect_uri', afterSignOutUri);
  url.searchParams.set('state', 'after');
  const callback = await person.arriveFrom(url);
  expect([callback.address, [...callback.parameters]]).toEqual([afterSignOutUri, [['state', 'after']]]);
  await app.get(Jobs).drain();
}

/** As an application does it: with the published keys, and every claim that section 2.6 wants to be looked at. */
async function read(party: Party, { form }: Told) {
  const token = form.get('logout_token')!;
  const keys = createRemoteJWKSet(new URL(party.server.jwks_uri!));
  const { payload } = await jwtVerify(token, keys, {
    issuer: party.server.issuer,
    audience: party.client.client_id,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  });
  return { payload, header: decodeProtectedHeader(token) };
}

describe('oidcc-backchannel-rp-initiated-logout-certification-test-plan', () => {
  it('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
    const { server } = await listening();

    expect(server).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      end_session_endpoint: `${server.issuer}/session/end`,
    });
  });

  it.each(['ES256', 'RS256'])(
    'oidcc-backchannel-rp-initiated-logout: tells the application, with a token as it must be (%s)',
    async (idTokenSigningAlg) => {
      const party = await listening('/logout', { idTokenSigningAlg });
      const { person, tokens } = await signIn(party);

      await signOut(party, person, tokens);

      expect(told).toHaveLength(1);
      const [{ headers, form }] = told as [Told];
      expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
      expect([...form.keys()]).toEqual(['logout_token']);
      const { payload, header } = await read(party, told[0]!);
      expect(header).toEqual({ alg: idTokenSigningAlg, kid: tokens.idTokenHeader['kid'], typ: 'logout+jwt' });
      expect(payload).toEqual({
        iss: party.server.issuer,
        aud: party.client.client_id,
        sub: tokens.idToken.sub,
        sid: tokens.idToken['sid'],
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.any(String),
        events: { [event]: {} },
      });
      expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(120);
      const again = await person.arriveFrom(party.request({ prompt: 'none' }).url);
      expect(failureOf(again)).toMatchObject({ error: 'login_required', code: null });
    },
  );

  it('oidcc-backchannel-rp-initiated-logout: tells every application of the session, each by its own names', async () => {
    const [first, second] = await Promise.all([
      listening('/first'),
      listening('/second', { subjectType: 'pairwise' }),
    ]);
    const silent = await Party.register(app, acme, olga, { consent: 'none' });
    const { person, tokens } = await signIn(first);
    const ofSecond = await signIn(second, person);
    await signIn(silent, person);

    await signOut(first, person, tokens);

    expect(told.map(({ path }) => path).toSorted()).toEqual(['/first', '/second']);
    const bySecond = await read(
      second,
      told.find(({ path }) => path === '/second')!,
    );
    expect(bySecond.payload).toMatchObject({
      sub: ofSecond.tokens.idToken.sub,
      sid: ofSecond.tokens.idToken['sid'],
    });
    expect(bySecond.payload.sub).not.toBe(max.id);
    expect(bySecond.payload['sid']).not.toBe(tokens.idToken['sid']);
  });

  it('oidcc-backchannel-rp-initiated-logout: names the session that ended, and no other of the same person', async () => {
    const party = await listening();
    const [here, there] = [await signIn(party), await signIn(party)];

    await signOut(party, here.person, here.tokens);

    expect(told).toHaveLength(1);
    expect((await read(party, told[0]!)).payload['sid']).toBe(here.tokens.idToken['sid']);
    const silently = await there.person.arriveFrom(party.request({ prompt: 'none' }).url);
    expect(failureOf(silently)).toMatchObject({ error: null });
  });

  it.each([
    [200, 'sent'],
    [204, 'sent'],
    [400, 'dead'],
    [302, 'failed'],
    [500, 'failed'],
    [501, 'dead'],
  ])('an answer of %i leaves nobody signed in, and the telling %s', async (answer, state) => {
    status = answer;
    const party = await listening();
    const { person, tokens } = await signIn(party);

    await signOut(party, person, tokens);

    expect(told).toHaveLength(1);
    expect(
      await app.sql('select state from tenantry.logout_deliveries where application_id = $1', [
        party.client.client_id,
      ]),
    ).toEqual([{ state }]);
    const again = await person.arriveFrom(party.request({ prompt: 'none' }).url);
    expect(failureOf(again)).toMatchObject({ error: 'login_required' });
  });
});
