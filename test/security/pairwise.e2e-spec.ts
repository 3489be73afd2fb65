import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import {
  Browser,
  clientOf,
  givenApplication,
  givenResource,
  signInTo,
  type TestApplication,
} from '../oidc/world.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const articles = 'https://articles.acme.example';
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  await givenResource(app, acme, articles, 'jwt', ['articles:read']);
});
afterAll(() => app.stop());

const pairwise = (host: string, columns = {}) =>
  givenApplication(app, acme, { subject_type: 'pairwise', sector_identifier: host, ...columns });

const theSame = async () => {
  const token = await app.given.session(olga);
  const [session] = await app.sql<{ id: string }>(
    'select id from tenantry.sessions where user_id = $1 order by created_at desc, id desc limit 1',
    [olga.id],
  );
  return { browser: new Browser(app.origin).as(acme, { token }), sessionId: session!.id };
};

/** Tokens of one application in one session: by a refresh, as APIs get theirs. */
async function tokensIn(browser: Browser, application: TestApplication, resource?: string) {
  const client = await clientOf(app, acme, application);
  const scope = resource === undefined ? 'openid' : 'openid articles:read';
  const first = await signInTo(client, browser, { scope, ...(resource && { resource }) });
  const tokens = await oidc.refreshTokenGrant(client, first.refresh_token!, resource ? { resource } : {});
  return { client, token: tokens.access_token, idToken: first.claims()! };
}

describe('Applications that shall not compare whom they know', () => {
  it('know one session by different ids in JWT access tokens, each the one of its id tokens', async () => {
    const { browser, sessionId } = await theSame();
    const one = await tokensIn(browser, await pairwise('one.example'), articles);
    const two = await tokensIn(browser, await pairwise('two.example'), articles);
    const [first, second] = [decodeJwt(one.token), decodeJwt(two.token)];

    expect(first.sid).toMatch(uuid);
    expect(first.sid).toBe(one.idToken['sid']);
    expect(second.sid).toBe(two.idToken['sid']);
    expect(new Set([first.sid, second.sid, sessionId]).size).toBe(3);
    expect(new Set([first.sub, second.sub, olga.id]).size).toBe(3);
    for (const token of [one.token, two.token]) {
      const text = JSON.stringify(decodeJwt(token));
      expect(text).not.toContain(sessionId);
      expect(text).not.toContain(olga.id);
    }
  });

  it('are told the same by introspection of opaque tokens', async () => {
    const { browser, sessionId } = await theSame();
    const { client, token, idToken } = await tokensIn(browser, await pairwise('three.example'));

    const answer = await oidc.tokenIntrospection(client, token);

    expect(answer).toMatchObject({ active: true, sid: idToken['sid'], sub: idToken.sub });
    expect(JSON.stringify(answer)).not.toContain(sessionId);
    expect(JSON.stringify(answer)).not.toContain(olga.id);
  });

  it('have tokens that live with the session all the same, and whose end is published under their own id', async () => {
    const { browser, sessionId } = await theSame();
    const service = await givenApplication(app, acme, {
      type: 'machine',
      grant_types: ['client_credentials', exchangeGrant],
      allowed_scopes: ['articles:read'],
    });
    const { token } = await tokensIn(browser, await pairwise('four.example'), articles);
    const serviceClient = await clientOf(app, acme, service);
    const exchange = () =>
      oidc.genericGrantRequest(serviceClient, exchangeGrant, {
        subject_token: token,
        subject_token_type: accessToken,
      });

    expect(decodeJwt((await exchange()).access_token)).toMatchObject({ sub: olga.id, sid: sessionId });
    await app.sql('update tenantry.sessions set revoked_at = now() where id = $1', [sessionId]);

    await expect(exchange()).rejects.toMatchObject({ error: 'invalid_grant' });
    const rows = await app.sql<{ subject: string }>(
      'select subject from tenantry.token_revocations where org_id = $1',
      [acme.id],
    );
    const subjects = rows.map(({ subject }) => subject);
    expect(subjects).toEqual(
      expect.arrayContaining([`session:${sessionId}`, `session:${String(decodeJwt(token).sid)}`]),
    );
  });

  it('name people who act by the subject that they know, opaque token or not', async () => {
    const { browser } = await theSame();
    const application = await pairwise('five.example', {
      grant_types: ['authorization_code', 'refresh_token', exchangeGrant],
      allowed_scopes: ['openid', 'articles:read'],
    });
    const { client, token, idToken } = await tokensIn(browser, application);
    const structured = await tokensIn(browser, application, articles);

    for (const actor of [token, structured.token]) {
      const exchanged = await oidc.genericGrantRequest(client, exchangeGrant, {
        subject_token: structured.token,
        subject_token_type: accessToken,
        actor_token: actor,
        actor_token_type: accessToken,
      });
      expect(decodeJwt(exchanged.access_token)).toMatchObject({ act: { sub: idToken.sub } });
    }
  });

  it('learn no ids of people from a chain of actors that began elsewhere', async () => {
    const { browser } = await theSame();
    const columns = {
      grant_types: ['authorization_code', 'refresh_token', exchangeGrant],
      allowed_scopes: ['openid', 'articles:read'],
    };
    const open = await tokensIn(browser, await givenApplication(app, acme, columns), articles);
    const first = await oidc.genericGrantRequest(open.client, exchangeGrant, {
      subject_token: open.token,
      subject_token_type: accessToken,
      actor_token: open.token,
      actor_token_type: accessToken,
    });
    expect(decodeJwt(first.access_token)).toMatchObject({ act: { sub: olga.id } });
    const closed = await clientOf(app, acme, await pairwise('six.example', columns));

    const second = await oidc.genericGrantRequest(closed, exchangeGrant, {
      subject_token: first.access_token,
      subject_token_type: accessToken,
    });

    expect(JSON.stringify(decodeJwt(second.access_token))).not.toContain(olga.id);
  });
});

describe('An application that exchanges the same token again and again', () => {
  it('has one grant for it, and ends with whatever that one belongs to', async () => {
    const { browser, sessionId } = await theSame();
    const service = await givenApplication(app, acme, {
      type: 'machine',
      grant_types: ['client_credentials', exchangeGrant],
      allowed_scopes: ['articles:read'],
    });
    const client = await clientOf(app, acme, service);
    const { token } = await tokensIn(browser, await givenApplication(app, acme), articles);
    const exchange = (subject: string) =>
      oidc.genericGrantRequest(client, exchangeGrant, {
        subject_token: subject,
        subject_token_type: accessToken,
      });
    const grants = () =>
      app.sql('select id from tenantry.oidc_grants where session_id = $1 and application_id = $2', [
        sessionId,
        service.id,
      ]);

    await Promise.all(Array.from({ length: 20 }, () => exchange(token)));
    expect(await grants()).toHaveLength(1);

    // What it exchanged itself is another parent, once.
    let own = (await exchange(token)).access_token;
    for (let time = 0; time < 5; time += 1) own = (await exchange(own)).access_token;
    expect((await grants()).length).toBeLessThanOrEqual(2);
    await app.sql(
      'update tenantry.oidc_grants set revoked_at = now() where session_id = $1 and parent_id is null',
      [sessionId],
    );
    await expect(exchange(own)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('does not make a token longer without end', async () => {
    const { browser } = await theSame();
    const columns = {
      type: 'machine' as const,
      grant_types: ['client_credentials', exchangeGrant],
      allowed_scopes: ['articles:read'],
    };
    const client = await clientOf(app, acme, await givenApplication(app, acme, columns));
    let { token } = await tokensIn(browser, await givenApplication(app, acme), articles);
    const exchange = async () => {
      const request = { subject_token: token, subject_token_type: accessToken };
      ({ access_token: token } = await oidc.genericGrantRequest(client, exchangeGrant, request));
    };
    for (let hop = 0; hop < 10; hop += 1) await exchange();

    await expect(exchange()).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('An application that has to ask from now on', () => {
  it('loses what nobody has allowed it, and keeps what somebody has', async () => {
    const application = await givenApplication(app, acme);
    const anna = await app.given.user(acme);
    const client = await clientOf(app, acme, application);
    const [ofOlga, ofAnna] = await Promise.all(
      [olga, anna].map((user) =>
        signInTo(client, new Browser(app.origin).as(acme, user), { scope: 'openid email' }),
      ),
    );
    await app.sql(
      `insert into tenantry.oidc_consents (org_id, user_id, application_id, allowed)
       values ($1, $2, $3, '{"scopes":["openid","email"],"claims":[],"resources":{}}')`,
      [acme.id, anna.id, application.id],
    );

    const changed = await app.api
      .as(olga)
      .patch(`/v1/organizations/acme/applications/${application.id}`, { consent: 'required' });

    expect(changed.status).toBe(200);
    await expect(oidc.refreshTokenGrant(client, ofOlga!.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.refreshTokenGrant(client, ofAnna!.refresh_token!)).resolves.toBeDefined();
  });
});

describe('An application that registered itself', () => {
  const register = async (metadata: object) => {
    const { body } = await app.api.as(olga).post('/v1/organizations/acme/registration-tokens', {
      name: 'Partners',
      maxUses: 5,
      allowedScopes: ['openid'],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    return app.exchange.send({
      method: 'POST',
      path: '/o/acme/reg',
      headers: { authorization: `Bearer ${body.registrationToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://stranger.example/callback'], ...metadata }),
    });
  };

  it('gets no pairwise subjects of a host by way of a device, which proves no host', async () => {
    const refused = await register({
      subject_type: 'pairwise',
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    });

    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text)).toMatchObject({ error: 'invalid_client_metadata' });
    expect((await register({ subject_type: 'pairwise' })).status).toBe(201);
  });

  it('is told nothing of tokens that others got', async () => {
    const registered = await register({});
    const { client_id: id, client_secret: secret } = JSON.parse(registered.text) as Record<string, string>;
    const stranger = await clientOf(app, acme, { id: id!, secret: secret! });
    const { browser } = await theSame();
    const { token, client } = await tokensIn(browser, await givenApplication(app, acme));

    expect(await oidc.tokenIntrospection(stranger, token)).toEqual({ active: false });
    expect(await oidc.tokenIntrospection(client, token)).toMatchObject({ active: true });
  });
});
