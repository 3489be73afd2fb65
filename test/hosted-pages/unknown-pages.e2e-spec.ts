import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
let acme: TestOrganization;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme } = await app.given.organization());
});
afterAll(() => app.stop());

const open = (path: string, accept = 'text/html,application/xhtml+xml,*/*;q=0.8', language = 'en') =>
  app.exchange.send({ method: 'GET', path, headers: { accept, 'accept-language': language } });

describe('An address that is not there', () => {
  it.each(['nowhere', 'account/nowhere', 'token', 'sign-in/more', '.well-known/nothing', '*'])(
    'such as %s is a page of the organization for people',
    async (path) => {
      const page = await open(`/o/${acme.slug}/${path}`);

      expect(page.status).toBe(404);
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.text).toContain(`· ${acme.name}</title>`);
      expect(page.text).toContain('<main>');
    },
  );

  it('is said in the language of the reader', async () => {
    expect((await open(`/o/${acme.slug}/nowhere`, 'text/html', 'de')).text).toContain('lang="de"');
  });

  it.each(['/nowhere', '/auth', '/device', '/session/end', '/sign-in', ''])(
    'is a page too at /o/none%s, where there is no such organization',
    async (path) => {
      const page = await open(`/o/none${path}`);

      expect(page.status).toBe(404);
      expect(page.headers['content-type']).toContain('text/html');
    },
  );

  it.each(['*/*', 'application/json'])('is a problem for programs that accept "%s"', async (accept) => {
    const answer = await open(`/o/${acme.slug}/nowhere`, accept);

    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('stays what the protocol says to programs', async () => {
    const answer = await open('/o/none/auth', 'application/json');

    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'not_found' });
  });
});

describe('An address with a slash too many', () => {
  it.each([
    ['/sign-in/?login_hint=a%40b', '/sign-in?login_hint=a%40b'],
    ['/account/email//', '/account/email'],
    ['/', ''],
    ['//', ''],
    ['/nowhere/', '/nowhere'],
    ['//elsewhere.example/', '//elsewhere.example'],
  ])('leads from %s to the one without', async (from, to) => {
    const answer = await open(`/o/${acme.slug}${from}`);

    expect(answer.status).toBe(308);
    expect(answer.headers['location']).toBe(`/o/${acme.slug}${to}`);
  });
});
