import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, givenApplication, givenResource, signInTo } from './world.js';

const [articles, archive] = ['https://articles.acme.example', 'https://archive.acme.example'];
const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

let app: TestApp;
let acme: TestOrganization;
let globex: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  ({ organization: globex } = await app.given.organization({ slug: 'globex', name: 'Globex' }));
  for (const organization of [acme, globex])
    for (const [identifier, scopes] of [
      [articles, ['articles:read', 'articles:publish']],
      [archive, ['archive:read', 'archive:write']],
    ] as const)
      await givenResource(app, organization, identifier, 'jwt', [...scopes]);
});
afterAll(() => app.stop());

/** A service that others call, and that calls others. */
async function service(organization = acme, columns = {}) {
  const application = await givenApplication(app, organization, {
    type: 'machine',
    grant_types: ['client_credentials', grant],
    allowed_scopes: ['articles:read', 'archive:read'],
    ...columns,
  });
  return { application, client: await clientOf(app, organization, application) };
}

/** What somebody's application calls the service with. */
async function tokenOf(user: TestUser, columns = {}, resource: string | undefined = articles) {
  const application = await givenApplication(app, acme, columns);
  const client = await clientOf(app, acme, application);
  const parameters = { scope: 'openid articles:read', ...(resource && { resource }) };
  const first = await signInTo(client, new Browser(app.origin).as(acme, user), parameters);
  const tokens = await oidc.refreshTokenGrant(client, first.refresh_token!, resource ? { resource } : {});
  return { application, token: tokens.access_token };
}

const exchange = (client: oidc.Configuration, token: string, more: Record<string, string> = {}) =>
  oidc.genericGrantRequest(client, grant, { subject_token: token, subject_token_type: accessToken, ...more });

describe('A service', () => {
  it('calls another one for whoever called it, and says that it does', async () => {
    const { client, application } = await service();
    const { token } = await tokenOf(olga);
    await app.given.forgetAudit(acme);

    const exchanged = await exchange(client, token, { resource: archive });
    const payload = decodeJwt(exchanged.access_token);

    expect(exchanged).toMatchObject({
      issued_token_type: accessToken,
      token_type: 'bearer',
      scope: 'archive:read',
    });
    expect(payload).toMatchObject({
      sub: olga.id,
      aud: archive,
      client_id: application.id,
      scope: 'archive:read',
      act: { sub: application.id },
      sid: decodeJwt(token).sid,
      amr: ['pwd'],
      roles: ['owner'],
    });
    expect(await app.given.auditOf(acme)).toEqual(['token.exchanged']);
  });

  it('names everybody through whom it came', async () => {
    const [first, second] = [await service(), await service()];
    const { token } = await tokenOf(olga);

    const once = await exchange(first.client, token, { resource: archive });
    const twice = await exchange(second.client, once.access_token, { scope: 'archive:read' });

    expect(decodeJwt(twice.access_token)).toMatchObject({
      act: { sub: second.application.id, act: { sub: first.application.id } },
    });
  });

  it('gets no more than it was given by name, nor more of the same API than there was', async () => {
    const { client } = await service(acme, { allowed_scopes: ['articles:read', 'articles:publish'] });
    const { token } = await tokenOf(olga);

    const same = await exchange(client, token, {
      resource: articles,
      scope: 'articles:read articles:publish',
    });

    expect(same.scope).toBe('articles:read');
    await expect(exchange(client, token, { resource: archive })).rejects.toMatchObject({
      error: 'invalid_target',
    });
    const { client: unnamed } = await service(acme, { allowed_scopes: null });
    await expect(exchange(unnamed, token, { resource: archive })).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  it('cannot use what somebody gave to strangers', async () => {
    const { client } = await service();
    const application = await givenApplication(app, acme, { consent: 'required' });
    const stranger = await clientOf(app, acme, application);
    await app.sql(
      `insert into tenantry.oidc_consents (org_id, user_id, application_id, allowed)
       values ($1, $2, $3, '{"scopes":["openid","profile","email"],"claims":[],"resources":{}}')`,
      [acme.id, olga.id, application.id],
    );
    const { access_token: token } = await signInTo(stranger, new Browser(app.origin).as(acme, olga));

    await expect(exchange(client, token, { resource: archive })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('cannot use tokens of another organization, dead ones, and what is none', async () => {
    const { client } = await service();
    const foreign = await service(globex);
    const max = await app.given.user(acme);
    const { token } = await tokenOf(max);
    const machine = (await oidc.clientCredentialsGrant(client, { resource: articles })).access_token;

    for (const [who, what] of [
      [foreign.client, token],
      [client, 'nonsense'],
      [client, max.token],
      [client, machine],
    ] as const)
      await expect(exchange(who, what, { resource: archive })).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    await app.api.as(max).delete('/v1/session');
    await expect(exchange(client, token, { resource: archive })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('loses what it got with what it came from', async () => {
    const { client } = await service();
    await givenResource(app, acme, 'https://opaque.acme.example', 'opaque', ['archive:read']);
    const { token, application } = await tokenOf(olga, {}, undefined);
    const exchanged = await exchange(client, token, { resource: 'https://opaque.acme.example' });
    expect(await oidc.tokenIntrospection(client, exchanged.access_token)).toMatchObject({
      active: true,
      act: { sub: expect.any(String) },
    });

    await app.api.as(olga).delete(`/v1/me/applications/${application.id}`);

    expect(await oidc.tokenIntrospection(client, exchanged.access_token)).toEqual({ active: false });
  });

  it('is told what is wrong with its request', async () => {
    const { client } = await service();
    const { token } = await tokenOf(olga);
    for (const more of [
      { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      { actor_token: token },
    ])
      await expect(exchange(client, token, { resource: archive, ...more })).rejects.toMatchObject({
        error: 'invalid_request',
      });
  });
});
