import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Applications } from '../../src/applications/applications.service.js';
import { Database } from '../../src/platform/database/database.js';
import * as images from '../media/images.js';
import { upload } from '../media/uploads.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let directory: string;
let app: TestApp;
beforeAll(async () => {
  directory = makeTemporaryDirectory('logos');
  app = await startApp({ env: { DATA_DIR: directory } });
});
afterAll(async () => {
  await app.stop();
  rmSync(directory, { recursive: true, force: true });
});

const pathOf = (organization: TestOrganization, rest = '') =>
  `/v1/organizations/${organization.slug}/applications${rest && `/${rest}`}`;

async function create(organization: TestOrganization, owner: TestUser, body: object = {}) {
  const redirectUris = ['https://articles.acme.example/callback'];
  const response = await app.api
    .as(owner)
    .post(pathOf(organization), { name: 'Articles', type: 'web', redirectUris, ...body });
  expect(response.status).toBe(201);
  return response.body as { id: string };
}

const find = (organization: TestOrganization, id: string) =>
  app.get(Database).forOrganization(organization.id, (tx) => app.get(Applications).find(tx, id));

describe('What the protocol reads of an application', () => {
  it('has the lifetimes of the policy, of its own, and none beyond the hardest', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner);
    const own = await create(organization, owner, {
      accessTokenFormat: 'jwt',
      accessTokenSeconds: 120,
      refreshIdleSeconds: 7_200,
    });
    const policy = `/v1/organizations/${organization.slug}/policies/tokens`;

    const usual = await find(organization, id);
    await app.api.as(owner).put(policy, {
      opaqueAccessTokenSeconds: 900,
      refreshIdleSeconds: 1_800,
      refreshAbsoluteSeconds: 3_600,
    });

    expect(usual).toMatchObject({
      accessTokenSeconds: 3_600,
      idTokenSeconds: 300,
      refreshIdleSeconds: 1_209_600,
      refreshAbsoluteSeconds: 2_592_000,
      sector: null,
      logo: null,
    });
    expect(await find(organization, id)).toMatchObject({
      accessTokenSeconds: 900,
      refreshIdleSeconds: 1_800,
      refreshAbsoluteSeconds: 3_600,
    });
    expect(await find(organization, own.id)).toMatchObject({
      accessTokenSeconds: 120,
      refreshIdleSeconds: 3_600,
      refreshAbsoluteSeconds: 3_600,
    });
  });

  it('has the host of its pairwise subjects', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner, { subjectType: 'pairwise' });

    expect(await find(organization, id)).toMatchObject({ sector: 'articles.acme.example' });
  });

  it('is nothing of one that is disabled, elsewhere, or not there', async () => {
    const { organization, owner } = await app.given.organization();
    const { organization: globex } = await app.given.organization();
    const { id } = await create(organization, owner);
    await app.api.as(owner).put(pathOf(organization, `${id}/deactivation`));
    const other = await create(organization, owner);

    expect(await find(organization, id)).toBeNull();
    expect(await find(globex, other.id)).toBeNull();
    expect(await find(organization, 'no id')).toBeNull();
    expect(await find(organization, other.id)).toMatchObject({ id: other.id });
  });
});

describe('The logo of an application', () => {
  it('is encoded anew, replaced, shown, and gone with the application', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner);
    const logo = pathOf(organization, `${id}/logo`);
    await app.given.forgetAudit(organization);

    const first = await upload(app, owner, logo, await images.png());
    const second = await upload(app, owner, logo, await images.transparent(900, 300));
    const shown = await app.api.as(owner).get(pathOf(organization, id));
    const registered = await find(organization, id);
    const removed = await app.api.as(owner).delete(logo);
    await upload(app, owner, logo, await images.png());
    await app.api.as(owner).delete(pathOf(organization, id));

    expect(first.body.logo).toMatch(new RegExp(`^${app.origin}/media/[A-Za-z0-9_-]{64}$`));
    expect(second.body.logo).not.toBe(first.body.logo);
    expect(shown.body).toMatchObject({ logo: second.body.logo, version: 3 });
    expect(registered!.logo).toBe(second.body.logo);
    expect(removed.status).toBe(204);
    expect(await app.sql('select 1 from media where org_id = $1', [organization.id])).toEqual([]);
    expect(await app.given.auditOf(organization)).toEqual([
      'application.logo_changed',
      'application.logo_changed',
      'application.logo_removed',
      'application.logo_changed',
      'application.deleted',
    ]);
  });

  it('is no script and not set by whoever may not', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner);
    const reader = await app.given.user(organization, { permissions: ['applications:read'] });
    const logo = pathOf(organization, `${id}/logo`);

    expect(await upload(app, owner, logo, images.svg)).toBeProblem('unsupported_image');
    expect(await upload(app, reader, logo, await images.png())).toBeProblem('permission_denied');
    expect(
      await upload(app, owner, pathOf(organization, `${owner.id}/logo`), await images.png()),
    ).toBeProblem('not_found');
    expect(await app.sql('select 1 from media where org_id = $1', [organization.id])).toEqual([]);
  });
});
