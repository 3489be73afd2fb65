import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('A session that was stolen', () => {
  it('takes no file with everything along, whichever door it tries', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.timePasses(organization, '11 minutes');
    await app.given.forgetAudit(organization);
    const cookie = `${app.get(PublicAddresses).sessionCookie(organization.slug)}=${owner.token}`;

    const byToken = await app.api.as(owner).get('/v1/me/export');
    const byCookie = await app.exchange.send({ method: 'GET', path: '/v1/me/export', headers: { cookie } });

    expect(byToken).toBeProblem('reauthentication_required');
    expect(byCookie.status).toBe(403);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});
