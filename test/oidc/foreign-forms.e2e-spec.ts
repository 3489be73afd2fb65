import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, codeRequest, givenApplication } from './world.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;
let client: oidc.Configuration;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  client = await clientOf(app, acme, await givenApplication(app, acme));
});
afterAll(() => app.stop());

const formType = 'application/x-www-form-urlencoded';

/** As browsers send it: without cookies of ours. */
const fromElsewhere = (body: string, path = '/o/acme/auth', headers: Record<string, string> = {}) =>
  app.exchange.send({
    method: 'POST',
    path,
    headers: { 'content-type': formType, 'sec-fetch-site': 'cross-site', ...headers },
    body,
  });

const inputsOf = (text: string) =>
  [...text.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ]);

describe('A form of another site', () => {
  it('is posted once more by a page of this one, as it came', async () => {
    const body = 'client_id=x&state=%3Cb%3E&claims=%7B%22a%22%3A1%7D&state=second';

    const page = await fromElsewhere(body);

    expect(page.status).toBe(200);
    expect(page.headers['cache-control']).toContain('no-store');
    expect(page.text).toContain('action="/o/acme/auth?repeated=yes"');
    expect(inputsOf(page.text)).toEqual([
      ['client_id', 'x'],
      ['state', '&lt;b&gt;'],
      ['claims', '{&quot;a&quot;:1}'],
      ['state', 'second'],
    ]);
    // The browser keeps the name that it has: others of its pages hang on it.
    expect(page.cookies).toEqual([]);
  });

  it('is not repeated for ever', async () => {
    const { url } = await codeRequest(client, { prompt: 'none' });

    const answer = await fromElsewhere(url.search.slice(1), '/o/acme/auth?repeated=yes');

    expect(answer.status).toBe(303);
    expect(new URL(answer.headers['location']!).searchParams.get('error')).toBe('login_required');
  });

  it('is read where it is when it is not one of other sites, or another kind of thing', async () => {
    const { url } = await codeRequest(client, { prompt: 'none' });
    const body = url.search.slice(1);

    const own = await fromElsewhere(body, '/o/acme/auth', { 'sec-fetch-site': 'same-origin' });
    const withCookie = await new Browser(app.origin).as(acme, olga).go('/o/acme/auth', {
      form: Object.fromEntries(url.searchParams),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    const json = await fromElsewhere('{}', '/o/acme/auth', { 'content-type': 'application/json' });
    const long = await fromElsewhere(`state=${'x'.repeat(57 * 1024)}`);

    expect([own.status, withCookie.status]).toEqual([303, 303]);
    expect(new URL(withCookie.location!).searchParams.get('code')).not.toBeNull();
    expect([json.status, long.status]).toEqual([400, 400]);
  });

  it('means nothing where only programs come', async () => {
    const answer = await fromElsewhere('grant_type=client_credentials', '/o/acme/token');

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_request' });
  });
});
