import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import {
  Browser as ProtocolBrowser,
  clientOf,
  codeRequest,
  givenApplication,
  issuerOf,
  type TestApplication,
} from '../oidc/world.js';
import { describeInBrowser, TestBrowser } from '../support/browser.js';
import { freeOrigin, startProgram, stopProgram } from '../support/running-programs.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { signIn } from './steps.js';

interface Party {
  organization: TestOrganization;
  owner: TestUser;
  application: TestApplication;
  origin: string;
}

const path = fileURLToPath(new URL('express-application.js', import.meta.url));
const parties: Record<string, Party> = {};
const programs: ChildProcess[] = [];
let app: TestApp;
let browser: TestBrowser;

describeInBrowser('Applications with express-openid-connect, in two organizations,', () => {
  beforeAll(async () => {
    app = await startApp();
    browser = await TestBrowser.start(app);
    for (const slug of ['acme', 'globex']) parties[slug] = await givenParty(slug);
  });
  afterAll(async () => {
    await Promise.all(programs.map(stopProgram));
    await browser?.stop();
    await app.stop();
  });
  afterEach(() => browser.leave());

  it.each(['acme', 'globex'])(
    'sign people of %s in, know them, get new tokens, sign them out',
    async (slug) => {
      const { origin, owner } = parties[slug]!;
      const page = await browser.visitor();

      await page.goto(`${origin}/login`);
      await signIn(page, owner);
      await page.waitForURL(`${origin}/`);
      expect(await page.textContent('body')).toBe(`signed in: ${owner.id}`);

      await page.goto(`${origin}/who`);
      expect(await page.textContent('body')).toBe(`userinfo: ${owner.email}`);

      for (const _ of ['once', 'and with what came along']) {
        await page.goto(`${origin}/refresh`);
        expect(await page.textContent('body')).toBe('refreshed: true');
      }

      await page.goto(`${origin}/logout`);
      await page.waitForURL(`${origin}/`);
      expect(await page.textContent('body')).toBe('signed out');
      await page.goto(`${origin}/login`);
      await page.getByLabel('Password', { exact: true }).waitFor();
    },
  );

  it('refuse what the other organization gave out', async () => {
    const [{ origin, organization }, foreign] = [parties['acme']!, parties['globex']!];
    const client = await clientOf(app, foreign.organization, foreign.application);
    const request = await codeRequest(client, { redirect_uri: `${foreign.origin}/callback` });
    const answer = await new ProtocolBrowser(app.origin)
      .as(foreign.organization, foreign.owner)
      .follow(request.url);

    for (const iss of [issuerOf(app, foreign.organization), issuerOf(app, organization)]) {
      const page = await browser.visitor();
      const asked = page.waitForRequest(/\/auth\?/);
      await page.goto(`${origin}/login`);
      const state = new URL((await asked).url()).searchParams.get('state')!;
      const forged = new URLSearchParams({ code: answer.searchParams.get('code')!, state, iss });
      const refusal = await page.goto(`${origin}/callback?${forged}`);

      expect(refusal?.status()).toBe(400);
      await page.goto(`${origin}/`);
      expect(await page.textContent('body')).toBe('signed out');
    }
  });
});

async function givenParty(slug: string): Promise<Party> {
  const { organization, owner } = await app.given.organization({ slug, name: slug });
  const origin = await freeOrigin();
  const application = await givenApplication(app, organization, {
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [origin],
    // What this client expects unless told.
    id_token_signing_alg: 'RS256',
  });
  const env = {
    ISSUER: issuerOf(app, organization),
    BASE_URL: origin,
    CLIENT_ID: application.id,
    CLIENT_SECRET: application.secret,
  };
  programs.push(await startProgram(path, env));
  return { organization, owner, application, origin };
}
