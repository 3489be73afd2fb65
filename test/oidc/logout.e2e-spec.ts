import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { LogoutMessenger } from '../../src/oidc/logout-deliveries/logout-messenger.service.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, givenApplication, issuerOf, signInTo } from './world.js';

const bye = 'http://127.0.0.1:9/bye';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;
/** An application that wants to be told. */
let receiver: Server;
let address: string;
let status = 200;
const received: string[] = [];

beforeAll(async () => {
  app = await startApp({ env: { OUTBOUND_ALLOWED_RANGES: '127.0.0.1/32' } });
  ({ organization: acme, owner: olga } = await app.given.organization());
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token')!);
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => receiver.once('listening', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/logout`;
});
afterAll(async () => {
  receiver.close();
  await app.stop();
});
beforeEach(async () => {
  // What tests before have caused.
  await deliver();
  received.length = 0;
  status = 200;
});

const deliver = () => app.get(Jobs).drain();

function formOf(text: string): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]* action="([^"]+)"/.exec(text)![1]!;
  const fields = [...text.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)].map(
    ([, name, value]) => [name!, value!] as const,
  );
  return { action, fields: Object.fromEntries(fields) };
}

async function signedIn(columns: Record<string, unknown> = {}, user?: TestUser) {
  const person = user ?? (await app.given.user(acme));
  const application = await givenApplication(app, acme, columns);
  const client = await clientOf(app, acme, application);
  const browser = new Browser(app.origin).as(acme, person);
  return { person, application, client, browser, tokens: await signInTo(client, browser) };
}

const isSignedIn = async ({ token }: TestUser) =>
  (await app.api.as({ token }).get('/v1/session')).status === 200;

describe('An application that signs people out', () => {
  it('asks them, where nothing says that they want it', async () => {
    const { client, browser, person } = await signedIn();
    const url = oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: bye, state: 'x1' });

    const asked = await browser.go(url);
    const { action, fields } = formOf(asked.text);
    expect(await isSignedIn(person)).toBe(true);
    const done = await browser.go(action, { form: { ...fields, logout: 'yes' } });

    expect([done.status, done.location]).toEqual([303, `${bye}?state=x1`]);
    expect(await isSignedIn(person)).toBe(false);
    expect(browser.cookie('tenantry-session-acme')).toBeUndefined();
  });

  it('lets them stay', async () => {
    const { client, browser, person } = await signedIn();
    const asked = await browser.go(oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: bye }));
    const { action, fields } = formOf(asked.text);

    const done = await browser.go(action, { form: fields });

    expect(done.location).toBe(bye);
    expect(await isSignedIn(person)).toBe(true);
  });

  it('does not ask where the id token of this very session comes along', async () => {
    const { client, browser, person, tokens } = await signedIn({
      backchannel_logout_uri: address,
      backchannel_logout_session_required: true,
    });
    expect(tokens.claims()!['sid']).toBeDefined();
    const url = oidc.buildEndSessionUrl(client, {
      post_logout_redirect_uri: bye,
      id_token_hint: tokens.id_token!,
    });

    const page = await browser.go(url);
    const { action, fields } = formOf(page.text);
    const done = await browser.go(action, { form: fields });

    expect(page.text).toContain('.submit.call(document.forms[0])');
    expect(done.location).toBe(bye);
    expect(await isSignedIn(person)).toBe(false);
  });

  it('sends nobody to an address that it has not registered, and not without saying who it is', async () => {
    const { client, browser, person } = await signedIn();
    const evil = oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: 'https://evil.example/' });
    const nameless = new URL(evil);
    nameless.searchParams.delete('client_id');

    const refused = await browser.go(evil);
    const asked = await browser.go(nameless);
    const { action, fields } = formOf(asked.text);
    const done = await browser.go(action, { form: { ...fields, logout: 'yes' } });

    expect(refused.status).toBe(400);
    expect(done.location).toBe(`${issuerOf(app, acme)}/session/end/success`);
    expect(await isSignedIn(person)).toBe(false);
  });

  it('cannot do so from another site', async () => {
    const { browser, person } = await signedIn();

    const forged = await browser.go('/o/acme/session/end/confirm', { form: { xsrf: 'x', logout: 'yes' } });

    expect(forged.status).toBe(400);
    expect(await isSignedIn(person)).toBe(true);
  });

  it('gets people back who were not signed in', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const browser = new Browser(app.origin);

    const page = await browser.go(
      oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: bye, state: 'y' }),
    );
    const { action, fields } = formOf(page.text);
    const done = await browser.go(action, { form: fields });

    expect(done.location).toBe(`${bye}?state=y`);
  });
});

describe('An application that wants to know', () => {
  it.each(['lock', 'deactivation'])('is told of the %s of somebody', async (state) => {
    const { person } = await signedIn({ backchannel_logout_uri: address });

    const change = await app.api.as(olga).put(`/v1/organizations/acme/users/${person.id}/${state}`);
    await deliver();

    expect(change.status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it('is told of whoever is deleted', async () => {
    const { person, application } = await signedIn({ backchannel_logout_uri: address });

    const deletion = await app.api.as(olga).delete(`/v1/organizations/acme/users/${person.id}`);
    await deliver();

    expect(deletion.status).toBe(204);
    expect(received.map((token) => decodeJwt(token))).toEqual([
      expect.objectContaining({ sub: person.id, aud: application.id }),
    ]);
  });

  it('is told of everybody when the organization is suspended, once', async () => {
    const { organization } = await app.given.organization();
    const person = await app.given.user(organization);
    const application = await givenApplication(app, organization, { backchannel_logout_uri: address });
    const browser = new Browser(app.origin).as(organization, person);
    await signInTo(await clientOf(app, organization, application), browser);
    const operator = await app.given.operator();
    const path = `/v1/organizations/${organization.slug}`;

    const suspension = await app.api.as(operator).put(`${path}/suspension`);
    await deliver();
    await app.api.as(operator).delete(`${path}/suspension`);
    await app.api.as(operator).put(`${path}/suspension`);
    await deliver();

    expect(suspension.status).toBe(200);
    expect(received.map((token) => decodeJwt(token))).toEqual([
      expect.objectContaining({ sub: person.id, aud: application.id }),
    ]);
  });

  it('is told whatever ends the session', async () => {
    const { person, application } = await signedIn({ backchannel_logout_uri: address });

    await app.api.as(person).delete('/v1/session');
    await deliver();

    const keys = createRemoteJWKSet(new URL(`${issuerOf(app, acme)}/jwks`));
    const { payload } = await jwtVerify(received[0]!, keys, {
      issuer: issuerOf(app, acme),
      audience: application.id,
      typ: 'logout+jwt',
    });
    expect(received).toHaveLength(1);
    expect(payload).toMatchObject({
      sub: person.id,
      sid: expect.any(String),
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(payload).not.toHaveProperty('nonce');
  });

  it('is told again until it listens, and an administrator sees that', async () => {
    const { person, application } = await signedIn({ backchannel_logout_uri: address });
    const mine = async () =>
      (
        (await app.api.as(olga).get('/v1/organizations/acme/logout-deliveries')).body.items as {
          application: { id: string };
        }[]
      ).find((delivery) => delivery.application.id === application.id);
    status = 503;

    await app.api.as(person).delete('/v1/session');
    await deliver();
    const failed = await mine();
    status = 204;
    await app.sql(`update tenantry.logout_deliveries set due_at = now() where application_id = $1`, [
      application.id,
    ]);
    await app.get(LogoutMessenger).wakeDue();
    await deliver();

    expect(failed).toMatchObject({ state: 'failed', attempts: 1, lastAnswer: 'HTTP 503' });
    expect(await mine()).toMatchObject({
      state: 'sent',
      attempts: 2,
      lastAnswer: 'HTTP 204',
      nextAttemptAt: null,
    });
    expect(received).toHaveLength(2);
  });

  it('is given up when it does not understand, and told again by hand', async () => {
    const { person, application } = await signedIn({ backchannel_logout_uri: address });
    status = 400;
    await app.api.as(person).delete('/v1/session');
    await deliver();
    const [{ id, state }] = (await app.sql<{ id: string; state: string }>(
      'select id, state from tenantry.logout_deliveries where application_id = $1',
      [application.id],
    )) as [{ id: string; state: string }];
    status = 200;
    await app.given.forgetAudit(acme);

    const repeated = await app.api.as(olga).post(`/v1/organizations/acme/logout-deliveries/${id}/deliveries`);
    await deliver();

    expect([state, repeated.status, received.length]).toEqual(['dead', 202, 2]);
    expect(await app.given.auditOf(acme)).toEqual(['logout_delivery.repeated']);
  });

  it('is not followed elsewhere, nor to where nobody may go', async () => {
    status = 302;
    const redirecting = await signedIn({ backchannel_logout_uri: address });
    const inside = await signedIn({ backchannel_logout_uri: 'http://127.0.0.2:1/logout' });
    await app.api.as(redirecting.person).delete('/v1/session');
    await app.api.as(inside.person).delete('/v1/session');
    await deliver();

    const answers = await app.sql<{ application_id: string; last_answer: string }>(
      'select application_id, last_answer from tenantry.logout_deliveries where application_id = any($1)',
      [[redirecting.application.id, inside.application.id]],
    );

    expect(new Map(answers.map((row) => [row.application_id, row.last_answer]))).toEqual(
      new Map([
        [redirecting.application.id, 'HTTP 302'],
        [inside.application.id, 'The address is not a public one'],
      ]),
    );
  });

  it('that nobody used in the session is not told', async () => {
    await givenApplication(app, acme, { backchannel_logout_uri: address });
    const max = await app.given.user(acme);

    await app.api.as(max).delete('/v1/session');
    await deliver();

    expect(received).toEqual([]);
  });
});
