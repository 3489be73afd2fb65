import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { Browser, clientOf, givenApplication, signInTo } from './world.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

it('takes away what has ended, and nothing that lives or whose reuse must be noticed', async () => {
  const { organization, owner } = await app.given.organization();
  const client = await clientOf(app, organization, await givenApplication(app, organization));
  const tokens = await signInTo(client, new Browser(app.origin).as(organization, owner));
  const { refresh_token: second } = await oidc.refreshTokenGrant(client, tokens.refresh_token!);
  const kinds = async () =>
    (
      await app.sql<{ kind: string }>(
        'select kind from tenantry.oidc_artifacts where org_id = $1 order by kind',
        [organization.id],
      )
    ).map(({ kind }) => kind);

  await app.given.timePasses(organization, '2 hours');
  await app.get(Jobs).run('retention');

  expect(await kinds()).toEqual(['RefreshToken', 'RefreshToken']);
  await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(oidc.refreshTokenGrant(client, second!)).rejects.toMatchObject({ error: 'invalid_grant' });
  await app.given.timePasses(organization, '2 days');
  await app.get(Jobs).run('retention');
  expect(await kinds()).toEqual([]);
});
