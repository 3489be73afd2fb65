import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { Person } from '../conformance/person.js';
import { givenApplication, givenResource, issuerOf } from '../oidc/world.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import {
  afterSignOutUri,
  type Authentication,
  type ClientLibrary,
  type ClientOptions,
  type LibraryClient,
  redirectUri,
  type Tokens,
} from './client-library.js';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const [articles, archive] = ['https://articles.example', 'https://archive.example'];

/** An organization, somebody in it who is signed in, and applications there. */
interface Side {
  organization: TestOrganization;
  owner: TestUser;
  user: TestUser;
  person: Person;
  issuer: URL;
}

/** Every grant, by one library, in each of two organizations of one server; and that nothing of one is worth anything in the other. */
export function grants(library: ClientLibrary): void {
  let app: TestApp;
  const sides = new Map<string, Side>();

  beforeAll(async () => {
    app = await startApp();
    for (const slug of ['acme', 'globex']) sides.set(slug, await begin(slug));
  });
  afterAll(() => app.stop());

  async function begin(slug: string): Promise<Side> {
    const { organization, owner } = await app.given.organization({ slug, name: slug });
    const user = await app.given.user(organization, { fullName: 'Max Member', emailVerifiedAt: new Date() });
    await givenResource(app, organization, articles, 'jwt', ['articles:read', 'articles:publish']);
    await givenResource(app, organization, archive, 'jwt', ['archive:read']);
    const person = new Person(app.origin, user);
    const side = { organization, owner, user, person, issuer: new URL(issuerOf(app, organization)) };
    await signIn(side, (await web(side)).client);
    expect(person.asked).toEqual(['sign-in']);
    return side;
  }

  async function connected(
    { organization, issuer }: Side,
    columns: Parameters<typeof givenApplication>[2] = {},
    options?: ClientOptions,
    authentication: Partial<Authentication> = {},
  ) {
    const { id, secret } = await givenApplication(app, organization, {
      ...(columns.type === 'machine'
        ? {}
        : { redirect_uris: [redirectUri], post_logout_redirect_uris: [afterSignOutUri] }),
      ...columns,
    });
    const method = columns.type === 'spa' || columns.type === 'native' ? 'none' : 'client_secret_basic';
    const proof: Authentication = { method, secret, ...authentication };
    return { id, client: await library.connect(issuer, id, proof, options), proof };
  }

  const web = (side: Side, columns = {}, options?: ClientOptions) => connected(side, columns, options);
  const machine = (side: Side, columns = {}) => connected(side, { type: 'machine', ...columns });

  async function arrive({ person }: Side, url: URL): Promise<URL> {
    const { address, parameters } = await person.arriveFrom(url);
    return new URL(`${address}?${parameters.toString()}`);
  }

  async function signIn(
    side: Side,
    client: LibraryClient,
    parameters: Record<string, string> = {},
  ): Promise<Tokens> {
    const request = await client.codeRequest(parameters);
    return client.redeem(request, await arrive(side, request.url));
  }

  describe.each([
    ['acme', 'globex'],
    ['globex', 'acme'],
  ])('In %s, and not in %s', (hereSlug, thereSlug) => {
    let here: Side;
    let there: Side;
    beforeAll(() => {
      [here, there] = [sides.get(hereSlug)!, sides.get(thereSlug)!];
    });

    it('authorization code with PKCE: signs in, and the code is nobody’s elsewhere', async () => {
      const [mine, theirs] = [await web(here), await web(there)];
      const request = await mine.client.codeRequest({ scope: 'openid profile email' });
      const callback = await arrive(here, request.url);

      const elsewhere = theirs.client.grant('authorization_code', {
        code: callback.searchParams.get('code')!,
        redirect_uri: redirectUri,
        code_verifier: request.verifier,
      });
      await expect(elsewhere).rejects.toMatchObject({ error: 'invalid_grant' });
      const { response, claims } = await mine.client.redeem(request, callback);

      expect(claims).toMatchObject({ iss: here.issuer.href, aud: mine.id, sub: here.user.id });
      expect(response).toMatchObject({ token_type: 'bearer', scope: 'openid profile email' });
      const again = mine.client.redeem(request, callback);
      await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });
    });

    it('authorization code: the answer of one issuer is not taken for that of the other', async () => {
      const [mine, theirs] = [await web(here), await web(there)];
      const request = await mine.client.codeRequest();
      const callback = await arrive(here, request.url);

      await expect(theirs.client.redeem(request, callback)).rejects.toThrow(/iss|invalid response/);

      // It has not even been shown.
      expect((await mine.client.redeem(request, callback)).claims!['iss']).toBe(here.issuer.href);
    });

    it('authorization code of a page in a browser: without a secret', async () => {
      const { client } = await connected(here, { type: 'spa' });

      const { claims, response } = await signIn(here, client);

      expect(claims!['sub']).toBe(here.user.id);
      expect((await client.refresh(response.refresh_token!)).response.access_token).toBeDefined();
    });

    it('userinfo: says who it is, to tokens of its own organization', async () => {
      const [mine, theirs] = [await web(here), await web(there)];
      const { response } = await signIn(here, mine.client, { scope: 'openid email' });

      expect(await mine.client.userinfo(response.access_token, here.user.id)).toEqual({
        sub: here.user.id,
        email: here.user.email,
        email_verified: true,
      });
      const elsewhere = theirs.client.userinfo(response.access_token, here.user.id);
      await expect(elsewhere).rejects.toMatchObject({ status: 401 });
    });

    it('refresh token: rotates, is worth nothing elsewhere, and used twice ends the family', async () => {
      const [mine, theirs] = [await web(here), await web(there)];
      const first = (await signIn(here, mine.client)).response;

      const elsewhere = theirs.client.refresh(first.refresh_token!);
      await expect(elsewhere).rejects.toMatchObject({ error: 'invalid_grant' });
      const { response: second, claims } = await mine.client.refresh(first.refresh_token!);
      const third = (await mine.client.refresh(second.refresh_token!)).response;
      const reused = mine.client.refresh(first.refresh_token!);

      await expect(reused).rejects.toMatchObject({ error: 'invalid_grant' });
      expect(claims).toMatchObject({ iss: here.issuer.href, sub: here.user.id });
      expect(new Set([first, second, third].map((tokens) => tokens.refresh_token)).size).toBe(3);
      await expect(mine.client.refresh(third.refresh_token!)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(mine.client.userinfo(third.access_token, here.user.id)).rejects.toMatchObject({
        status: 401,
      });
    });

    it('client credentials: gives tokens to its own machines', async () => {
      const mine = await machine(here);
      const elsewhere = await library.connect(there.issuer, mine.id, mine.proof);

      const { response } = await mine.client.clientCredentials({ resource: articles });

      expect(response).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) });
      expect(response.refresh_token).toBeUndefined();
      await expect(elsewhere.clientCredentials()).rejects.toMatchObject({ status: 401 });
    });

    it.each(['client_secret_post', 'private_key_jwt'] as const)(
      'client authentication by %s, in its own organization',
      async (method) => {
        const { publicKey, privateKey } = await generateKeyPair('ES256');
        const jwks = { keys: [{ ...(await exportJWK(publicKey)), use: 'sig', alg: 'ES256' }] };
        const mine = await connected(
          here,
          {
            type: 'machine',
            token_endpoint_auth_method: method,
            ...(method === 'private_key_jwt' && { jwks: JSON.stringify(jwks) }),
          },
          {},
          { method, key: privateKey },
        );
        const elsewhere = await library.connect(there.issuer, mine.id, mine.proof);
        const wrong = {
          method,
          secret: `${mine.proof.secret}x`,
          key: (await generateKeyPair('ES256')).privateKey,
        };
        const forger = await library.connect(here.issuer, mine.id, wrong);

        expect((await mine.client.clientCredentials()).response.access_token).toBeDefined();
        await expect(elsewhere.clientCredentials()).rejects.toMatchObject({ status: 401 });
        await expect(forger.clientCredentials()).rejects.toMatchObject({ status: 401 });
      },
    );

    it('device flow: connects a device, whose code is unknown elsewhere', async () => {
      const columns = {
        type: 'native',
        grant_types: [deviceGrant, 'refresh_token'],
        consent: 'none',
      } as const;
      const [mine, theirs] = [await connected(here, columns), await connected(there, columns)];
      const shown = await mine.client.beginDevice({ scope: 'openid email' });

      await expect(mine.client.askForDevice(shown.deviceCode)).rejects.toMatchObject({
        error: 'authorization_pending',
      });
      await expect(theirs.client.askForDevice(shown.deviceCode)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      const end = await here.person.visit(shown.address);
      const { response, claims } = await mine.client.askForDevice(shown.deviceCode);

      expect(here.person.asked).toEqual(['device']);
      expect(end).toMatchObject({ kind: 'page', status: 200 });
      expect(claims).toMatchObject({ iss: here.issuer.href, sub: here.user.id });
      expect(await mine.client.userinfo(response.access_token, here.user.id)).toMatchObject({
        email: here.user.email,
      });
      await expect(mine.client.askForDevice(shown.deviceCode)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    });

    it('pushed authorization request: is known here, once', async () => {
      const mine = await web(here, { require_par: true });
      const request = await mine.client.codeRequest({}, { isPushed: true });
      const elsewhere = new URL(request.url.href.replace(here.issuer.pathname, there.issuer.pathname));

      expect(request.url.searchParams.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:/);
      expect(await there.person.visit(elsewhere)).toMatchObject({ kind: 'page', status: 400 });
      const { claims } = await mine.client.redeem(request, await arrive(here, request.url));
      expect(claims!['sub']).toBe(here.user.id);
      expect(await here.person.visit(request.url)).toMatchObject({ kind: 'page', status: 400 });
    });

    it('DPoP: tokens work with proofs of their key, and here only', async () => {
      const columns = { dpop_bound_access_tokens: true };
      const mine = await web(here, columns, { bindsTokens: true });
      const theirs = await web(there, columns, { bindsTokens: true });
      const other = await library.connect(here.issuer, mine.id, mine.proof, { bindsTokens: true });
      const without = await library.connect(here.issuer, mine.id, mine.proof);

      const { response } = await signIn(here, mine.client);

      expect(response.token_type).toBe('dpop');
      expect((await mine.client.userinfo(response.access_token, here.user.id))['sub']).toBe(here.user.id);
      for (const client of [theirs.client, other, without])
        await expect(client.userinfo(response.access_token, here.user.id)).rejects.toMatchObject({
          status: 401,
        });
      const refreshed = (await mine.client.refresh(response.refresh_token!)).response;
      expect(refreshed.token_type).toBe('dpop');
    });

    it('resource indicators: give a token for one API, which verifies with the keys of its issuer', async () => {
      const { client, id } = await web(here);
      const parameters = { scope: 'openid articles:read', resource: articles };
      const { response } = await signIn(here, client, parameters);
      const { response: tokens } = await client.refresh(response.refresh_token!, { resource: articles });
      const verify = (issuer: URL, audience: string, keysOf = issuer) =>
        jwtVerify(tokens.access_token, createRemoteJWKSet(new URL(`${keysOf.href}/jwks`)), {
          issuer: issuer.href,
          audience,
          typ: 'at+jwt',
        });

      const { payload } = await verify(here.issuer, articles);

      expect(payload).toMatchObject({
        sub: here.user.id,
        client_id: id,
        scope: 'articles:read',
        org: { id: here.organization.id, slug: here.organization.slug },
      });
      await expect(verify(here.issuer, archive)).rejects.toThrow(/aud/);
      await expect(verify(there.issuer, articles)).rejects.toThrow(/key/);
      await expect(verify(there.issuer, articles, here.issuer)).rejects.toThrow(/iss/);
      const nowhere = client.refresh(tokens.refresh_token!, { resource: 'https://nowhere.example' });
      await expect(nowhere).rejects.toMatchObject({ error: 'invalid_target' });
      expect((await client.refresh(tokens.refresh_token!)).claims!['sub']).toBe(here.user.id);
    });

    it('token exchange: a service acts for whoever called it, in its own organization', async () => {
      const columns = {
        grant_types: ['client_credentials', exchangeGrant],
        allowed_scopes: ['articles:read', 'archive:read'],
      };
      const [mine, theirs] = [await machine(here, columns), await machine(there, columns)];
      const { client } = await web(here);
      const first = await signIn(here, client, { scope: 'openid articles:read', resource: articles });
      const { response: called } = await client.refresh(first.response.refresh_token!, {
        resource: articles,
      });
      const parameters = {
        subject_token: called.access_token,
        subject_token_type: accessTokenType,
        resource: archive,
      };

      const { response } = await mine.client.grant(exchangeGrant, parameters);
      const { payload } = await jwtVerify(
        response.access_token,
        createRemoteJWKSet(new URL(`${here.issuer.href}/jwks`)),
        { issuer: here.issuer.href, audience: archive },
      );

      expect(response['issued_token_type']).toBe(accessTokenType);
      expect(payload).toMatchObject({ sub: here.user.id, act: { sub: mine.id }, scope: 'archive:read' });
      await expect(theirs.client.grant(exchangeGrant, parameters)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    });

    it('introspection: tells of tokens of the same organization', async () => {
      const [mine, service, theirs] = [await web(here), await machine(here), await machine(there)];
      const { response } = await signIn(here, mine.client);

      for (const client of [mine.client, service.client])
        expect(await client.introspect(response.access_token)).toMatchObject({
          active: true,
          sub: here.user.id,
          client_id: mine.id,
          iss: here.issuer.href,
        });
      expect(await mine.client.introspect(response.refresh_token!)).toMatchObject({ active: true });
      for (const token of [response.access_token, response.refresh_token!])
        expect(await theirs.client.introspect(token)).toEqual({ active: false });
    });

    it('revocation: ends tokens of the application that asks, and says nothing of others', async () => {
      const [mine, beside, theirs] = [await web(here), await web(here), await web(there)];
      const { response } = await signIn(here, mine.client);
      const isAlive = async () => (await mine.client.introspect(response.access_token))['active'];

      for (const { client } of [theirs, beside]) await client.revoke(response.access_token);
      expect(await isAlive()).toBe(true);
      await mine.client.revoke(response.access_token);
      expect(await isAlive()).toBe(false);
      await mine.client.revoke(response.refresh_token!);
      await expect(mine.client.refresh(response.refresh_token!)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    });

    it('logout: signs out of this organization, and stays signed in to the other', async () => {
      const [mine, theirs] = [await web(here), await web(there)];
      // One browser, in which somebody is signed in to both.
      const inBoth = new Person(app.origin, here.user);
      const side = { ...here, person: inBoth };
      const { response } = await signIn(side, mine.client);
      inBoth.browser.as(there.organization, { token: await app.given.session(there.user) });
      const parameters = {
        id_token_hint: response.id_token!,
        post_logout_redirect_uri: afterSignOutUri,
        state: 'after',
      };
      const foreign = new URL(
        mine.client.endSession(parameters).href.replace(here.issuer.pathname, there.issuer.pathname),
      );

      expect(await inBoth.visit(foreign)).toMatchObject({ kind: 'page', status: 400 });
      const callback = await inBoth.arriveFrom(mine.client.endSession(parameters));
      const here2 = await inBoth.arriveFrom((await mine.client.codeRequest({ prompt: 'none' })).url);
      const there2 = await inBoth.arriveFrom((await theirs.client.codeRequest({ prompt: 'none' })).url);

      expect([callback.address, callback.parameters.get('state')]).toEqual([afterSignOutUri, 'after']);
      expect(here2.parameters.get('error')).toBe('login_required');
      expect(there2.parameters.get('code')).not.toBeNull();
      expect(await mine.client.introspect(response.access_token)).toEqual({ active: false });
    });

    it('dynamic registration: with a token of this organization, for consent and sign-in', async () => {
      const made = await app.api
        .as(here.owner)
        .post(`/v1/organizations/${here.organization.slug}/registration-tokens`, { name: 'Partners' });
      const initialAccessToken = made.body.registrationToken as string;
      const metadata = { client_name: 'Partner', redirect_uris: [redirectUri] };

      await expect(library.register(there.issuer, metadata, initialAccessToken)).rejects.toMatchObject({
        status: 401,
      });
      const client = await library.register(here.issuer, metadata, initialAccessToken);
      const { claims } = await signIn(here, client, { scope: 'openid email' });

      expect(here.person.asked).toEqual(['consent']);
      expect(claims).toMatchObject({ iss: here.issuer.href, sub: here.user.id });
    });
  });
}
