import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;
let ofMax: string;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, {
    fullName: 'Max Meier',
    metadata: { desk: 12 },
    roles: ['member'],
  });
  ofMax = `/v1/organizations/${organization.slug}/users/${max.id}/profile`;
});

const mine = '/v1/me/profile';

describe('My profile', () => {
  it('is there from the beginning', async () => {
    const response = await app.api.as(max).get(mine);

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      userId: max.id,
      givenName: null,
      familyName: null,
      displayName: null,
      fullName: 'Max Meier',
      phoneNumber: null,
      locale: null,
      timeZone: null,
      picture: null,
      metadata: { desk: 12 },
      userMetadata: {},
    });
    expect(response.headers['etag']).toBe(`"${response.body.version as number}"`);
  });

  it('is changed by me, in canonical forms', async () => {
    const response = await app.api.as(max).patch(mine, {
      givenName: ' Max ',
      familyName: 'Meier',
      displayName: 'Maxi',
      fullName: 'Max M. Meier',
      phoneNumber: '+4930123456',
      locale: 'de-at',
      timeZone: 'europe/vienna',
      userMetadata: { theme: 'dark' },
    });

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      givenName: 'Max',
      familyName: 'Meier',
      displayName: 'Maxi',
      fullName: 'Max M. Meier',
      phoneNumber: '+4930123456',
      locale: 'de-AT',
      timeZone: 'Europe/Vienna',
      metadata: { desk: 12 },
      userMetadata: { theme: 'dark' },
    });
    expect((await app.api.as(owner).get(ofMax)).body).toEqual(response.body);
    const [event, ...others] = await app.given.auditEventsOf(organization);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ action: 'profile.updated', actor_id: max.id, target_id: max.id });
    expect(event!.change).toMatchObject({
      givenName: { from: null, to: 'Max' },
      fullName: { from: 'Max Meier', to: 'Max M. Meier' },
      userMetadata: 'changed',
    });
  });

  it('takes patches: what is left out stays, null takes away', async () => {
    await app.api
      .as(max)
      .patch(mine, { givenName: 'Max', locale: 'de', userMetadata: { a: 1, b: { c: 2 } } });

    const { body } = await app.api
      .as(max)
      .patch(mine, { givenName: null, userMetadata: { a: null, b: { d: 3 } } });

    expect(body).toMatchObject({ givenName: null, locale: 'de', userMetadata: { b: { c: 2, d: 3 } } });
  });

  it('records nothing when nothing changes', async () => {
    await app.api.as(max).patch(mine, { givenName: 'Max', userMetadata: { a: 1 } });
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const { status } = await app.api.as(max).patch(mine, { givenName: 'Max', userMetadata: { a: 1 } });

    expect(status).toBe(200);
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is not overwritten by who has not seen its last change, in whichever of its rows', async () => {
    for (const change of [{ fullName: 'Another' }, { givenName: 'Another' }]) {
      const { headers } = await app.api.as(max).get(mine);
      const newer = await app.api.as(max).patch(mine, change);
      const ifMatch = (etag: string | undefined) => ({ headers: { 'if-match': etag! } });

      const late = await app.api.as(max).patch(mine, { displayName: 'Late' }, ifMatch(headers['etag']));
      const right = await app.api
        .as(max)
        .patch(mine, { displayName: 'Right' }, ifMatch(newer.headers['etag']));

      expect(late).toBeProblem('stale');
      expect(right.body.displayName).toBe('Right');
      await app.api.as(max).patch(mine, { fullName: null, givenName: null, displayName: null });
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['/givenName', { givenName: 'Max\nBcc: all@acme.example' }],
    ['/familyName', { familyName: 'x'.repeat(201) }],
    ['/displayName', { displayName: '   ' }],
    ['/phoneNumber', { phoneNumber: '030 123456' }],
    ['/locale', { locale: 'klingon!' }],
    ['/locale', { locale: 'de_DE' }],
    ['/timeZone', { timeZone: 'Mars/Olympus' }],
    ['/timeZone', { timeZone: '+01:00' }],
    ['/userMetadata', { userMetadata: { a: 'x'.repeat(16_385) } }],
    ['/userMetadata', { userMetadata: 'text' }],
    ['/userMetadata', { userMetadata: { a: '\u0000' } }],
    ['/picture', { picture: 'https://evil.example/x.png' }],
    ['/email', { email: 'other@acme.example' }],
    ['/status', { status: 'locked' }],
  ])('refuses a wrong value at %s', async (pointer, change) => {
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(max).patch(mine, { locale: 'en', ...change });

    expect(response).toBeProblem('invalid_request', { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('names everything that is wrong at once', async () => {
    const response = await app.api.as(max).patch(mine, {
      fullName: 'two\nlines',
      phoneNumber: '030 123456',
      locale: 'klingon!',
      timeZone: 'Mars',
    });

    expect(response).toBeProblem('invalid_request');
    expect(response.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/fullName',
      '/locale',
      '/phoneNumber',
      '/timeZone',
    ]);
  });

  it('bounds what grows patch by patch', async () => {
    await app.api.as(max).patch(mine, { userMetadata: { a: 'x'.repeat(9_000) } });
    const before = await app.given.snapshot(organization);

    const response = await app.api
      .as(max)
      .patch(mine, { fullName: 'New', userMetadata: { b: 'x'.repeat(9_000) } });

    expect(response).toBeProblem('invalid_request', { pointer: '/userMetadata' });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('has a phone number that nobody else in the organization has', async () => {
    const other = await app.given.user(organization, { phoneNumber: '+4930999999' });
    const before = await app.given.snapshot(organization);

    const taken = await app.api.as(max).patch(mine, { givenName: 'Max', phoneNumber: '+4930999999' });

    expect(taken).toBeProblem('phone_number_taken');
    expect(await app.given.snapshot(organization)).toEqual(before);
    const elsewhere = await app.given.organization();
    const stranger = await app.api.as(elsewhere.owner).patch(mine, { phoneNumber: '+4930999999' });
    expect(stranger.status).toBe(200);
    await app.api.as(other).patch(mine, { phoneNumber: null });
    expect((await app.api.as(max).patch(mine, { phoneNumber: '+4930999999' })).status).toBe(200);
  });

  it('is read but not changed by an API key', async () => {
    const key = await app.given.apiKey(max);

    expect((await app.api.as(key).get(mine)).status).toBe(200);
    expect(await app.api.as(key).patch(mine, { givenName: 'Key' })).toBeProblem('permission_denied');
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

describe('The profile of a user', () => {
  it('is changed by an administrator', async () => {
    const response = await app.api
      .as(owner)
      .patch(ofMax, { givenName: 'Max', metadata: { desk: null, floor: 3 } });

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ givenName: 'Max', metadata: { floor: 3 } });
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({ action: 'profile.updated', actor_id: owner.id, target_id: max.id });
    expect(event!.change).toEqual({ givenName: { from: null, to: 'Max' }, metadata: 'changed' });
  });

  it('needs the permission, and outranking', async () => {
    const reader = await app.given.user(organization, { permissions: ['users:read'] });
    const writer = await app.given.user(organization, { permissions: ['users:write'] });
    const ofOwner = ofMax.replace(max.id, owner.id);

    expect(await app.api.as(max).get(ofMax)).toBeProblem('permission_denied');
    expect((await app.api.as(reader).get(ofMax)).status).toBe(200);
    expect(await app.api.as(reader).patch(ofMax, { givenName: 'X' })).toBeProblem('permission_denied');
    expect(await app.api.as(writer).patch(ofOwner, { givenName: 'X' })).toBeProblem('permission_denied');
    expect((await app.api.as(owner).get(ofOwner)).body.givenName).toBeNull();
    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'access.refused (refused)',
      'profile.updated (refused)',
    ]);
  });
});

describe('Metadata', () => {
  beforeEach(() => app.api.as(max).patch(mine, { userMetadata: { theme: 'dark' } }));

  it('of administrators cannot be written through the user’s door', async () => {
    const before = await app.given.snapshot(organization);

    for (const change of [
      { metadata: { desk: 1 } },
      { metadata: null },
      { userMetadata: { a: 1 }, metadata: {} },
    ]) {
      expect(await app.api.as(max).patch(mine, change)).toBeProblem('invalid_request', {
        pointer: '/metadata',
      });
    }
    expect(await app.api.as(max).patch('/v1/me', { metadata: { desk: 1 } })).toBeProblem('invalid_request');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('of the user cannot be written through the administrators’ door', async () => {
    const before = await app.given.snapshot(organization);
    const user = ofMax.replace(/\/profile$/, '');

    for (const path of [ofMax, user]) {
      for (const change of [{ userMetadata: { theme: 'light' } }, { userMetadata: null }]) {
        expect(await app.api.as(owner).patch(path, change)).toBeProblem('invalid_request', {
          pointer: '/userMetadata',
        });
      }
    }
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is told apart although the names are the same', async () => {
    await app.api.as(owner).patch(ofMax, { metadata: { theme: 'corporate' } });

    const { body } = await app.api.as(max).get(mine);

    expect(body).toMatchObject({
      metadata: { desk: 12, theme: 'corporate' },
      userMetadata: { theme: 'dark' },
    });
  });
});
