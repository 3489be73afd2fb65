import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ApiResponse,
  startApp,
  type TestApp,
  type TestOrganization,
  type TestUser,
} from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

function start(organization: TestOrganization, email: string): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/magic-link`, { email });
}

function confirm(
  organization: TestOrganization,
  token: string,
  options: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  const path = `/v1/organizations/${organization.slug}/magic-link/confirm`;
  return app.api.post(path, { token, ...options }, { headers });
}

function setPolicy(organization: TestOrganization, owner: TestUser, magicLink: boolean) {
  return app.api.as(owner).put(`/v1/organizations/${organization.slug}/policies/sign-in`, { magicLink });
}

/** Acme, which signs people in by link, and Max. */
async function givenMax(options: Parameters<TestApp['given']['user']>[1] = {}) {
  const { organization, owner } = await app.given.organization();
  await setPolicy(organization, owner, true);
  const max = await app.given.user(organization, options);
  await app.mailbox.clear();
  await app.given.forgetAudit(organization);
  return { organization, owner, max };
}

async function tokenOf(organization: TestOrganization, { email }: TestUser): Promise<string> {
  await start(organization, email);
  return (await app.mailbox.next(email)).token!;
}

describe('A link in a mail', () => {
  it('signs in, and verifies the address', async () => {
    const { organization, max } = await givenMax();

    const asked = await start(organization, max.email);
    const { subject, link, token } = await app.mailbox.next(max.email);
    const response = await confirm(organization, token!);

    expect([asked.status, asked.text]).toEqual([202, '']);
    expect(subject).toBe('Sign in to Acme');
    expect(link).toContain(`/o/${organization.slug}/magic-link?token=`);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      token: expect.stringMatching(/^ten_ses_/),
      session: { methods: ['email'] },
      user: { id: max.id, emailVerified: true },
    });
    expect((await app.api.as(response.body.token as string).get('/v1/me')).body).toMatchObject({
      id: max.id,
    });
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'magic_link.requested', target_id: max.id },
      { action: 'session.created', change: { user: max.id, methods: ['email'] } },
    ]);
  });

  it('signs one in of a hundred who use it at once', async () => {
    const { organization, max } = await givenMax();
    const token = await tokenOf(organization, max);

    const responses = await Promise.all(Array.from({ length: 100 }, () => confirm(organization, token)));

    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(99).fill(422)]);
  });

  it('sets cookies for a browser that asks, and for no other site', async () => {
    const { organization, max } = await givenMax();
    const token = await tokenOf(organization, max);

    const elsewhere = await confirm(
      organization,
      token,
      { cookie: true },
      { 'sec-fetch-site': 'cross-site' },
    );
    const here = await confirm(organization, token, { cookie: true, device: true });

    expect(elsewhere).toBeProblem('cross_site_request');
    expect(here.cookies.map((cookie) => cookie.split('=')[0]).sort()).toEqual([
      `tenantry-device-${organization.slug}`,
      `tenantry-session-${organization.slug}`,
    ]);
    expect(here.body.deviceToken).toMatch(/^ten_dev_/);
  });

  it('does nothing once it is used, replaced, expired, foreign, or of somebody who may not sign in', async () => {
    const { organization, max } = await givenMax();
    const { organization: globex, max: gina } = await givenMax();
    const foreign = await tokenOf(globex, gina);
    const used = await tokenOf(organization, max);
    await confirm(organization, used);
    const replaced = await tokenOf(organization, max);
    const expired = await tokenOf(organization, max);
    await app.given.timePasses(organization, '11 minutes');
    const ofLocked = await tokenOf(organization, max);
    await app.sql(`update users set status = 'locked' where id = $1`, [max.id]);
    const before = await app.given.snapshot(organization);

    const answers = [];
    for (const token of [foreign, used, replaced, expired, ofLocked, 'nonsense'])
      answers.push(await confirm(organization, token));

    for (const answer of answers) expect(answer).toBeProblem('invalid_token');
    const bodies = new Set(answers.map(({ body }) => JSON.stringify({ ...body, instance: null })));
    expect(bodies.size).toBe(1);
    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('Where the organization does not want it', () => {
  it('sends nothing, with the same answer', async () => {
    const { organization, owner, max } = await givenMax();
    await setPolicy(organization, owner, false);
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const response = await start(organization, max.email);

    expect([response.status, response.text]).toEqual([202, '']);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'magic_link.requested', outcome: 'refused', change: { reason: 'switched_off' } },
    ]);
  });

  it('lets links that are out do nothing any more', async () => {
    const { organization, owner, max } = await givenMax();
    const token = await tokenOf(organization, max);
    await setPolicy(organization, owner, false);

    expect(await confirm(organization, token)).toBeProblem('invalid_token');
  });
});
