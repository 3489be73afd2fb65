import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { afterSignOutUri, failureOf, Party } from './party.js';
import { Person } from './person.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;
let max: TestUser;
let party: Party;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  max = await app.given.user(acme);
  party = await Party.register(app, acme, olga, { consent: 'none' });
});
afterAll(() => app.stop());

// As long as the suite's, to see that nothing is cut off.
const state = 'x'.repeat(128);

interface SignedIn {
  person: Person;
  idToken: string;
}

async function signedIn(user = max): Promise<SignedIn> {
  const person = new Person(app.origin, user);
  const request = party.request();
  const { response } = await party.redeem(request, await person.arriveFrom(request.url));
  return { person, idToken: response.id_token! };
}

function endSession({ idToken }: SignedIn, parameters: Record<string, string | undefined> = {}): URL {
  const url = new URL(party.server.end_session_endpoint!);
  const all = { id_token_hint: idToken, post_logout_redirect_uri: afterSignOutUri, state, ...parameters };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/** Whether the next request would bring them back without a page. */
async function isSignedIn({ person }: SignedIn): Promise<boolean> {
  const { error, code } = failureOf(await person.arriveFrom(party.request({ prompt: 'none' }).url));
  if (code === null && error !== 'login_required') throw new Error(`failed otherwise: ${error}`);
  return code !== null;
}

describe('oidcc-rp-initiated-logout-certification-test-plan', () => {
  it('oidcc-rp-initiated-logout-discovery-endpoint-verification', () => {
    expect(party.server.end_session_endpoint).toBe(`${party.server.issuer}/session/end`);
  });

  it('oidcc-rp-initiated-logout: signs out without a question, and leads back with the state', async () => {
    const session = await signedIn();

    const arrival = await session.person.visit(endSession(session));

    expect(arrival).toMatchObject({ kind: 'callback', mode: 'query', address: afterSignOutUri });
    expect(arrival.kind === 'callback' && [...arrival.parameters]).toEqual([['state', state]]);
    expect(session.person.asked).toEqual([]);
    expect(await isSignedIn(session)).toBe(false);
  });

  it('oidcc-rp-initiated-logout: takes the same by POST', async () => {
    const session = await signedIn();
    const { origin, pathname, searchParams } = endSession(session);

    const arrival = await session.person.visit(origin + pathname, Object.fromEntries(searchParams));

    expect(arrival).toMatchObject({ kind: 'callback', address: afterSignOutUri });
    expect(await isSignedIn(session)).toBe(false);
  });

  it.each([
    ['bad-post-logout-redirect-uri', 'https://party.example/nowhere'],
    ['query-added-to-post-logout-redirect-uri', `${afterSignOutUri}?foo=bar`],
  ])('oidcc-rp-initiated-logout-%s: is a page, and nobody is signed out', async (_, uri) => {
    const session = await signedIn();

    const arrival = await session.person.visit(endSession(session, { post_logout_redirect_uri: uri }));

    expect(arrival).toMatchObject({ kind: 'page', status: 400, path: '/o/acme/session/end' });
    expect(session.person.asked).toEqual([]);
    expect(await isSignedIn(session)).toBe(true);
  });

  it('oidcc-rp-initiated-logout-modified-id-token-hint: is a page, and nobody is signed out', async () => {
    const session = await signedIn();
    const claims = decodeJwt(session.idToken);
    const [header, , signature] = session.idToken.split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, sub: olga.id })).toString('base64url');

    for (const hint of [new UnsecuredJWT(claims).encode(), `${header}.${other}.${signature}`]) {
      const arrival = await session.person.visit(endSession(session, { id_token_hint: hint }));

      expect(arrival).toMatchObject({ kind: 'page', status: 400 });
      expect(session.person.asked).toEqual([]);
    }
    expect(await isSignedIn(session)).toBe(true);
  });

  it('oidcc-rp-initiated-logout-bad-id-token-hint: is a page, and nobody is signed out', async () => {
    const session = await signedIn();
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT(decodeJwt(session.idToken))
      .setProtectedHeader({ alg: 'ES256', kid: 'made-up' })
      .sign(privateKey);

    for (const hint of [forged, 'nonsense', '..', ' ']) {
      const arrival = await session.person.visit(endSession(session, { id_token_hint: hint }));

      expect(arrival).toMatchObject({ kind: 'page', status: 400 });
    }
    expect(await isSignedIn(session)).toBe(true);
  });

  it('oidcc-rp-initiated-logout-no-id-token-hint: asks, and does not lead back', async () => {
    const session = await signedIn();

    const arrival = await session.person.visit(endSession(session, { id_token_hint: undefined }));

    expect(session.person.asked).toEqual(['sign-out']);
    expect(arrival).toMatchObject({ kind: 'page', status: 200, path: '/o/acme/session/end/success' });
    expect(await isSignedIn(session)).toBe(false);
  });

  it.each([
    ['no-params', { id_token_hint: undefined, post_logout_redirect_uri: undefined, state: undefined }],
    ['only-state', { id_token_hint: undefined, post_logout_redirect_uri: undefined }],
  ])('oidcc-rp-initiated-logout-%s: asks, and says that it is done', async (_, parameters) => {
    const session = await signedIn();

    const arrival = await session.person.visit(endSession(session, parameters));

    expect(session.person.asked).toEqual(['sign-out']);
    expect(arrival).toMatchObject({ kind: 'page', status: 200, path: '/o/acme/session/end/success' });
    expect(await isSignedIn(session)).toBe(false);
  });

  it('oidcc-rp-initiated-logout-no-post-logout-redirect-uri: says that it is done', async () => {
    const session = await signedIn();

    const arrival = await session.person.visit(endSession(session, { post_logout_redirect_uri: undefined }));

    expect(session.person.asked).toEqual([]);
    expect(arrival).toMatchObject({ kind: 'page', status: 200, path: '/o/acme/session/end/success' });
    expect(await isSignedIn(session)).toBe(false);
  });

  it('oidcc-rp-initiated-logout-no-state: leads back without one', async () => {
    const session = await signedIn();

    const arrival = await session.person.visit(endSession(session, { state: undefined }));

    expect(arrival).toMatchObject({ kind: 'callback', address: afterSignOutUri });
    expect(arrival.kind === 'callback' && [...arrival.parameters]).toEqual([]);
    expect(await isSignedIn(session)).toBe(false);
  });

  it('oidcc-rp-initiated-logout: asks whoever comes with the id token of another session or person', async () => {
    const [session, elsewhere] = [await signedIn(), await signedIn()];
    const other = await signedIn(olga);

    for (const { idToken } of [elsewhere, other]) {
      const page = await session.person.browser.go(endSession({ ...session, idToken }));
      expect(page.text).toContain('name="logout"');
    }

    for (const one of [session, elsewhere, other]) expect(await isSignedIn(one)).toBe(true);
  });
});
