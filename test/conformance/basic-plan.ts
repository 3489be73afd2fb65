import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { callbackUri, type CodeRequest, failureOf, Party, type VerifiedTokens } from './party.js';
import { Person, type SeenPage } from './person.js';

type Mode = 'query' | 'form_post';

/**
 * The modules of the OpenID Foundation's basic plan, in its order. Its form-post plan is the same with another response mode.
 * Where the suite waits, time is moved; where it wants a picture of a page, the page is looked at.
 */
export function basicPlan(plan: string, mode: Mode): void {
  describe(plan, () => {
    let app: TestApp;
    let acme: TestOrganization;
    let olga: TestUser;
    let max: TestUser;
    let party: Party;
    /** Signed in since the beginning. */
    let regular: Person;

    beforeAll(async () => {
      app = await startApp();
      ({ organization: acme, owner: olga } = await app.given.organization());
      max = await app.given.user(acme, {
        username: 'max',
        fullName: 'Max Member',
        phoneNumber: '+4930123456',
        emailVerifiedAt: new Date(),
      });
      await app.api.as(max).patch('/v1/me/profile', {
        givenName: 'Max',
        familyName: 'Member',
        displayName: 'Maxi',
        locale: 'de',
        timeZone: 'Europe/Berlin',
      });
      party = await registered();
      regular = new Person(app.origin, max);
      await regular.arriveFrom(party.request().url);
    });
    afterAll(() => app.stop());

    const registered = (settings: Record<string, unknown> = {}) =>
      Party.register(app, acme, olga, { mode, ...settings });
    /** With a browser of their own, not signed in. */
    const somebody = () => new Person(app.origin, max);

    /** The whole flow of somebody, through whatever pages are shown. */
    async function flow(
      parameters: Record<string, string | undefined> = {},
      { person = regular, of = party }: { person?: Person; of?: Party } = {},
    ): Promise<
      VerifiedTokens & { request: CodeRequest; person: Person; asked: string[]; pages: SeenPage[] }
    > {
      const request = of.request(parameters);
      const callback = await person.arriveFrom(request.url);
      expect([callback.mode, callback.address]).toEqual([mode, callbackUri]);
      const { asked, seen: pages } = person;
      return { ...(await of.redeem(request, callback)), request, person, asked, pages };
    }

    const userinfo = (tokens: VerifiedTokens, method: string, options: RequestInit) =>
      fetch(party.server.userinfo_endpoint!, { method, ...options }).then(async (answer) => ({
        status: answer.status,
        type: answer.headers.get('content-type'),
        claims: (await answer.json()) as Record<string, unknown>,
        sub: tokens.idToken.sub,
      }));

    it('oidcc-server: gives a code, and for the code tokens as they must be', async () => {
      const consented = await registered({ consent: 'required' });

      const { response, headers, idToken, idTokenHeader, request, asked } = await flow(
        {},
        { of: consented, person: somebody() },
      );
      const claims = await consented.userinfo({ response, headers, idToken, idTokenHeader });

      expect(asked).toEqual(['sign-in', 'consent']);
      expect(response).toMatchObject({
        token_type: 'bearer',
        expires_in: expect.any(Number),
        scope: 'openid',
      });
      expect(response.expires_in).toBeGreaterThan(0);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toContain('no-store');
      expect(idToken).toMatchObject({
        iss: consented.server.issuer,
        aud: consented.client.client_id,
        sub: max.id,
        nonce: request.nonce,
        sid: expect.any(String),
      });
      expect(idToken.exp! - idToken.iat!).toBeGreaterThan(0);
      expect(Math.abs(idToken.iat! - Date.now() / 1_000)).toBeLessThan(10);
      expect(idTokenHeader).toEqual({ alg: 'ES256', kid: expect.any(String) });
      expect(claims).toEqual({ sub: max.id });
    });

    it('oidcc-response-type-missing: is told, and gives nothing', async () => {
      const request = party.request({ response_type: undefined });

      const callback = await somebody().arriveFrom(request.url);

      expect(failureOf(callback)).toEqual({
        error: 'invalid_request',
        state: request.state,
        code: null,
        iss: party.server.issuer,
      });
    });

    it.each(['RS256', 'ES256', 'EdDSA'])(
      'oidcc-idtoken-signature: is made with %s where the application wants that, and names its key',
      async (alg) => {
        const of = await registered({ idTokenSigningAlg: alg });

        const { idTokenHeader } = await flow({}, { of });

        expect(idTokenHeader).toEqual({ alg, kid: expect.any(String) });
      },
    );

    it('oidcc-idtoken-unsigned: is not offered, and not to be had', async () => {
      const refused = await app.exchange.send({
        method: 'POST',
        path: '/v1/organizations/acme/applications',
        headers: { authorization: `Bearer ${olga.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Unsigned', type: 'web', idTokenSigningAlg: 'none' }),
      });

      expect(party.server.id_token_signing_alg_values_supported).not.toContain('none');
      expect(refused.status).toBe(400);
    });

    it('oidcc-userinfo-get: answers by GET', async () => {
      const tokens = await flow();

      const answer = await userinfo(tokens, 'GET', {
        headers: { authorization: `Bearer ${tokens.response.access_token}` },
      });

      expect(answer).toMatchObject({ status: 200, claims: { sub: max.id }, sub: max.id });
      expect(answer.type).toMatch(/^application\/json/);
    });

    it('oidcc-userinfo-post-header: answers by POST with the token in a header', async () => {
      const tokens = await flow();

      const answer = await userinfo(tokens, 'POST', {
        headers: { authorization: `Bearer ${tokens.response.access_token}` },
      });

      expect(answer).toMatchObject({ status: 200, claims: { sub: max.id } });
    });

    it('oidcc-userinfo-post-body: answers by POST with the token in the form', async () => {
      const tokens = await flow();

      const answer = await userinfo(tokens, 'POST', {
        body: new URLSearchParams({ access_token: tokens.response.access_token }),
      });

      expect(answer).toMatchObject({ status: 200, claims: { sub: max.id } });
    });

    it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
      const { idToken } = await flow({ nonce: undefined });

      expect(idToken).not.toHaveProperty('nonce');
    });

    const ofScope: Record<string, Record<string, unknown>> = {
      profile: {
        name: 'Max Member',
        given_name: 'Max',
        family_name: 'Member',
        nickname: 'Maxi',
        preferred_username: 'max',
        locale: 'de',
        zoneinfo: 'Europe/Berlin',
        updated_at: expect.any(Number),
      },
      email: { email: expect.stringMatching(/^user-/), email_verified: true },
      // Nobody has an address here.
      address: {},
      phone: { phone_number: '+4930123456', phone_number_verified: false },
    };

    it.each(Object.keys(ofScope))(
      'oidcc-scope-%s: brings its claims by userinfo, and no others',
      async (scope) => {
        const tokens = await flow({ scope: `openid ${scope}` });

        const claims = await party.userinfo(tokens);

        expect(party.server.scopes_supported).toContain(scope);
        expect(claims).toEqual({ sub: max.id, ...ofScope[scope] });
        expect(tokens.response.scope).toBe(`openid ${scope}`);
      },
    );

    it('oidcc-scope-all: brings the claims of all of them', async () => {
      const tokens = await flow({ scope: 'openid profile email address phone' });

      const claims = await party.userinfo(tokens);

      expect(claims).toEqual({
        sub: max.id,
        ...ofScope['profile'],
        ...ofScope['email'],
        ...ofScope['phone'],
      });
    });

    it('oidcc-ensure-other-scope-order-succeeds', async () => {
      const tokens = await flow({ scope: 'email openid' });

      expect(await party.userinfo(tokens)).toEqual({ sub: max.id, ...ofScope['email'] });
    });

    it.each(['page', 'popup'])('oidcc-display-%s: is taken', async (display) => {
      const { idToken } = await flow({ display }, { person: somebody() });

      expect(idToken.sub).toBe(max.id);
    });

    it('oidcc-prompt-login: asks again, and says when that was', async () => {
      const { person } = await flow({}, { person: somebody() });
      await app.given.timePasses(acme, '1 minute');
      const before = await flow({ prompt: 'none', max_age: '10000' }, { person });

      const again = await flow({ prompt: 'login', max_age: '10000' }, { person });

      expect(again.asked).toEqual(['sign-in']);
      expect(again.idToken.sub).toBe(before.idToken.sub);
      expect(again.idToken['auth_time']).toBeGreaterThan(before.idToken['auth_time'] as number);
    });

    it('oidcc-prompt-none-not-logged-in: is an error that names the reason', async () => {
      const request = party.request({ prompt: 'none' });
      const person = somebody();

      const callback = await person.arriveFrom(request.url);

      expect(callback.mode).toBe(mode);
      expect(failureOf(callback)).toEqual({
        error: 'login_required',
        state: request.state,
        code: null,
        iss: party.server.issuer,
      });
      expect(person.asked).toEqual([]);
    });

    it('oidcc-prompt-none-logged-in: shows no page', async () => {
      const { person, idToken } = await flow({ max_age: '10000' });

      const second = await flow({ prompt: 'none', max_age: '10000' }, { person });

      expect(second.asked).toEqual([]);
      expect(second.idToken).toMatchObject({ sub: idToken.sub, auth_time: idToken['auth_time'] });
    });

    it('oidcc-max-age-1: asks again after two seconds', async () => {
      const { person } = await flow({}, { person: somebody() });
      await app.given.timePasses(acme, '2 seconds');
      const before = await flow({ max_age: '10000' }, { person });

      const second = await flow({ max_age: '1' }, { person });

      expect([before.asked, second.asked]).toEqual([[], ['sign-in']]);
      expect(second.idToken['auth_time']).toBeGreaterThan(before.idToken['auth_time'] as number);
      expect(Math.abs((second.idToken['auth_time'] as number) - Date.now() / 1_000)).toBeLessThan(10);
    });

    it('oidcc-max-age-10000: does not ask again, and says when it was', async () => {
      const { person, idToken } = await flow({ max_age: '10000' });

      const second = await flow({ max_age: '10000' }, { person });

      expect(second.asked).toEqual([]);
      expect(second.idToken['auth_time']).toEqual(expect.any(Number));
      expect(second.idToken['auth_time']).toBe(idToken['auth_time']);
    });

    it('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
      expect((await flow({ extra: 'foobar' })).idToken.sub).toBe(max.id);
    });

    it('oidcc-id-token-hint: is taken for whoever is signed in, and for nobody else', async () => {
      const { person, idToken, response } = await flow();
      const hint = { prompt: 'none', id_token_hint: response.id_token! };

      const second = await flow(hint, { person });
      const other = new Person(app.origin, olga);
      await flow({}, { person: other });
      const refused = await other.arriveFrom(party.request(hint).url);

      expect(second.asked).toEqual([]);
      expect(second.idToken.sub).toBe(idToken.sub);
      expect(failureOf(refused)).toMatchObject({ error: 'login_required', code: null });
    });

    it('oidcc-login-hint: is what the form begins with', async () => {
      const { idToken, pages } = await flow({ login_hint: max.email }, { person: somebody() });

      expect(idToken.sub).toBe(max.id);
      expect(pages[0]!.text).toContain(`value="${max.email}"`);
    });

    it('oidcc-ui-locales: is the language of the page, of those that there are', async () => {
      const { idToken, pages } = await flow({ ui_locales: 'se de' }, { person: somebody() });

      expect(idToken.sub).toBe(max.id);
      expect(pages[0]!.text).toMatch(/<html[^>]* lang="de"/);
    });

    it('oidcc-claims-locales: is taken', async () => {
      expect((await flow({ claims_locales: 'se' })).idToken.sub).toBe(max.id);
    });

    it('oidcc-ensure-request-with-acr-values-succeeds', async () => {
      const { idToken } = await flow({ acr_values: '1 2' }, { person: somebody() });

      expect(party.server.acr_values_supported).toContain(idToken['acr']);
    });

    async function reused(delay: string | null) {
      const request = party.request();
      const callback = await regular.arriveFrom(request.url);
      const tokens = await party.redeem(request, callback);
      if (delay !== null) await app.given.timePasses(acme, delay);
      const again = await party.redeemOnly(request, callback);
      return { tokens, again };
    }

    it('oidcc-codereuse: is refused', async () => {
      const { again } = await reused(null);

      expect(again.status).toBe(400);
      expect(again.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
    });

    it('oidcc-codereuse-30seconds: is refused, and ends what the code had brought', async () => {
      const { tokens, again } = await reused('30 seconds');

      const answer = await userinfo(tokens, 'GET', {
        headers: { authorization: `Bearer ${tokens.response.access_token}` },
      });
      const refreshed = await party.refreshOnly(tokens.response.refresh_token!);

      expect([again.status, answer.status, refreshed.status]).toEqual([400, 401, 400]);
      expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
      expect(answer.claims).toMatchObject({ error: 'invalid_token' });
    });

    it.each([
      ['another path', 'https://party.example/other'],
      ['a query', `${callbackUri}?extra=1`],
      ['a fragment', `${callbackUri}#extra`],
      ['another host', 'https://party.example.evil.example/callback'],
    ])('oidcc-ensure-registered-redirect-uri: stops at a page (%s)', async (_, uri) => {
      const arrival = await somebody().visit(party.request({ redirect_uri: uri }).url);

      expect(arrival).toMatchObject({ kind: 'page', status: 400, path: '/o/acme/auth' });
    });

    it('oidcc-ensure-post-request-succeeds', async () => {
      const request = party.request();
      const { origin, pathname, searchParams } = request.url;
      const person = somebody();

      const callback = await person.arriveFrom(origin + pathname, Object.fromEntries(searchParams));
      const { idToken } = await party.redeem(request, callback);

      expect(person.asked).toEqual(['sign-in']);
      expect(idToken.sub).toBe(max.id);
    });

    it('oidcc-ensure-post-request-succeeds: without a page for whoever is signed in', async () => {
      for (const parameters of [{}, { prompt: 'none' }]) {
        const request = party.request(parameters);
        const { origin, pathname, searchParams } = request.url;

        const callback = await regular.arriveFrom(origin + pathname, Object.fromEntries(searchParams));

        expect(regular.asked).toEqual([]);
        expect((await party.redeem(request, callback)).idToken.sub).toBe(max.id);
      }
    });

    it('oidcc-server-client-secret-post: gives tokens', async () => {
      const of = await registered({ tokenEndpointAuthMethod: 'client_secret_post' });

      const { idToken } = await flow({}, { of });

      expect(idToken).toMatchObject({ sub: max.id, aud: of.client.client_id });
    });

    it('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
      const request = party.request({ request_uri: 'https://party.example/request.jwt' });

      const callback = await somebody().arriveFrom(request.url);

      expect(party.server.request_uri_parameter_supported).toBe(false);
      expect(failureOf(callback)).toMatchObject({ error: 'request_uri_not_supported', code: null });
    });

    const unsigned = ({ url }: CodeRequest) =>
      new UnsecuredJWT(Object.fromEntries(url.searchParams))
        .setIssuer(party.client.client_id)
        .setAudience(party.server.issuer)
        .encode();

    it('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
      const inner = party.request();

      const callback = await somebody().arriveFrom(party.request({ request: unsigned(inner) }).url);

      expect(party.server.request_parameter_supported).not.toBe(true);
      expect(failureOf(callback)).toMatchObject({ error: 'request_not_supported', code: null });
    });

    it('oidcc-claims-essential: brings the name by userinfo, and not in the id token', async () => {
      const tokens = await flow({ claims: JSON.stringify({ userinfo: { name: { essential: true } } }) });

      const claims = await party.userinfo(tokens);

      expect(claims).toEqual({ sub: max.id, name: 'Max Member' });
      expect(tokens.idToken).not.toHaveProperty('name');
    });

    it('oidcc-ensure-request-object-with-redirect-uri: follows neither address', async () => {
      const inner = party.request();
      const outer = party.request({ redirect_uri: 'https://evil.example/', request: unsigned(inner) });

      const arrival = await somebody().visit(outer.url);

      expect(arrival).toMatchObject({ kind: 'page', status: 400 });
    });

    it('oidcc-refresh-token: brings tokens of the same sign-in, to its own application only', async () => {
      const [first, second] = await Promise.all([
        registered({ consent: 'required' }),
        registered({ consent: 'required' }),
      ]);
      const parameters = { scope: 'openid offline_access', prompt: 'consent', max_age: '10000' };
      const ofFirst = await flow(parameters, { of: first });
      const ofSecond = await flow(parameters, { of: second });

      const refreshed = await first.refresh(ofFirst.response.refresh_token!);
      const claims = await first.userinfo(refreshed);
      const stolen = await first.refreshOnly(ofSecond.response.refresh_token!);
      const rightful = await second.refresh(ofSecond.response.refresh_token!);

      expect(ofFirst.response.refresh_token).toMatch(/^[\x20-\x7e]+$/);
      expect(refreshed.response.access_token).not.toBe(ofFirst.response.access_token);
      for (const claim of ['iss', 'sub', 'aud', 'auth_time'])
        expect({ [claim]: refreshed.idToken[claim] }).toEqual({ [claim]: ofFirst.idToken[claim] });
      expect(refreshed.idToken.iat).toBeGreaterThanOrEqual(ofFirst.idToken.iat!);
      expect(claims.sub).toBe(max.id);
      expect(stolen.status).toBe(400);
      expect(await stolen.json()).toMatchObject({ error: 'invalid_grant' });
      expect(rightful.idToken.sub).toBe(max.id);
    });

    it('oidcc-ensure-request-with-valid-pkce-succeeds, and with another verifier does not', async () => {
      const verifier = oauth.generateRandomCodeVerifier();
      const parameters = {
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const [right, wrong] = [party.request(parameters), party.request(parameters)];
      const person = regular;

      const { idToken } = await party.redeem(right, await person.arriveFrom(right.url), verifier);
      const refused = await party.redeemOnly(
        wrong,
        await person.arriveFrom(wrong.url),
        oauth.generateRandomCodeVerifier(),
      );

      expect(idToken.sub).toBe(max.id);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: 'invalid_grant' });
    });
  });
}
