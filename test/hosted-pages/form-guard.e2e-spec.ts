import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser } from './browser.js';

let app: TestApp;
let organization: TestOrganization;
let max: TestUser;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member' });
});
afterAll(() => app.stop());

async function link({ id, slug }: TestOrganization, user: TestUser): Promise<string> {
  const [issued] = await app.sql<{ token: string }>(
    `select issue_token($1, 'email_verification', $2, null, $3) as token`,
    [id, user.id, JSON.stringify({ email: user.email })],
  );
  return `/o/${slug}/verify-email?token=${issued!.token}`;
}

const sealIn = (text: string) => /name="seal" value="([^"]+)"/.exec(text)![1]!;

describe('A form', () => {
  it('is sent by the browser that got it, and by no other', async () => {
    const address = await link(organization, max);
    const before = await app.given.snapshot(organization);
    const browser = new Browser(app);
    const page = await browser.arriveAt(address);

    for (const other of [new Browser(app), new Browser(app).withCookie('tenantry-browser', 'x'.repeat(43))]) {
      const refused = await other.submit(page);
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('Please send this once more');
      // Here it is again, for whoever has lost the cookie.
      expect(refused.text).toContain('<form method="post"');
    }
    expect(await app.given.snapshot(organization)).toEqual(before);

    expect((await browser.submit(page)).status).toBe(200);
  });

  it('goes through at the second try of a browser that had no cookie yet', async () => {
    const page = await new Browser(app).arriveAt(await link(organization, max));
    const browser = new Browser(app);

    const again = await browser.submit(page);

    expect((await browser.submit(again)).status).toBe(200);
  });

  it.each(['', 'x', 'A'.repeat(59), 'A'.repeat(500), '"><script>'])(
    'is refused with the seal %j',
    async (seal) => {
      const browser = new Browser(app);
      const page = await browser.arriveAt(await link(organization, max));

      const refused = await browser.submit(page, { seal });

      expect(refused.status).toBe(403);
      expect(refused.text).not.toContain('"><script>');
    },
  );

  it('is one of its own organization', async () => {
    const globex = await app.given.organization({ name: 'Globex' });
    const browser = new Browser(app);
    const foreign = await browser.arriveAt(await link(globex.organization, globex.owner));
    const page = await browser.arriveAt(await link(organization, max));

    expect((await browser.submit(page, { seal: sealIn(foreign.text) })).status).toBe(403);
    expect((await browser.submit(page)).status).toBe(200);
  });

  it('may stand open beside others, and reads differently each time', async () => {
    const browser = new Browser(app);
    const address = await link(organization, max);
    const [one, other] = [await browser.arriveAt(address), await browser.arriveAt(address)];

    expect(sealIn(one.text)).not.toBe(sealIn(other.text));
    expect((await browser.submit(one)).status).toBe(200);
    expect((await browser.submit(other)).status).toBe(422);
  });

  it('is bound to a cookie that scripts cannot read and other hosts cannot set', async () => {
    const secure = await startApp({ beside: app, env: { PUBLIC_URL: 'https://login.acme.example' } });

    const { cookies } = await new Browser(secure).arriveAt(await link(organization, max));

    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^__Host-tenantry-browser=[\w-]{43};/);
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
      expect(cookies[0]!.split('; ')).toContain(attribute);
    expect(cookies[0]).not.toMatch(/Domain|Expires|Max-Age/);
    await secure.stop();
  });
});
