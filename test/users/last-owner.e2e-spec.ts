import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

it('keeps the last owner, also from themselves', async () => {
  const { organization, owner } = await app.given.organization();
  const before = await app.given.snapshot(organization);
  const path = `/v1/organizations/${organization.slug}/users/${owner.id}`;

  expect(await app.api.as(owner).delete(path)).toBeProblem('last_owner');
  expect(await app.api.as(owner).put(`${path}/lock`)).toBeProblem('last_owner');

  expect(await app.given.snapshot(organization)).toEqual(before);
  expect(await app.given.auditOf(organization)).toEqual(['user.deleted (refused)', 'user.locked (refused)']);
});

it('lets nobody remove themselves by the administrators’ door, one of several owners neither', async () => {
  const { organization, owner } = await app.given.organization();
  await app.given.user(organization, { roles: ['owner'] });
  const before = await app.given.snapshot(organization);

  const response = await app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${owner.id}`);

  expect(response).toBeProblem('own_account');
  expect(await app.given.snapshot(organization)).toEqual(before);
});
