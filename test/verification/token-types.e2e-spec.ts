import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const types = ({ slug }: TestOrganization, type?: string) =>
  `/v1/organizations/${slug}/verification-token-types${type === undefined ? '' : `/${type}`}`;

describe('Types of verification tokens', () => {
  it('are listed with the product’s own values', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).get(types(organization));

    expect(response.body.nextCursor).toBeNull();
    expect(response.body.items.map(({ type }: { type: string }) => type)).toEqual([
      'email_verification',
      'password_reset',
      'first_password',
      'email_change',
      'magic_link',
      'invitation',
    ]);
    expect(response.body.items[1]).toEqual({
      type: 'password_reset',
      lifetimeSeconds: 1_800,
      maxLifetimeSeconds: 86_400,
      mailTemplate: 'reset-password',
      codeLength: null,
      isDefault: true,
      updatedAt: null,
      updatedBy: null,
    });
  });

  it('are set, hold for tokens issued from then on, and are given back', async () => {
    const { organization, owner } = await app.given.organization();
    const path = types(organization, 'password_reset');
    const own = { lifetimeSeconds: 3_600, mailTemplate: 'set-password', codeLength: 8 };
    const none = { lifetimeSeconds: null, mailTemplate: null, codeLength: null };

    const set = await app.api.as(owner).put(path, own);

    expect(set.body).toMatchObject({ ...own, isDefault: false });
    expect(set.body.updatedBy).toBe(owner.id);
    expect((await app.api.as(owner).get(path)).body).toEqual(set.body);
    expect(await lifetime(organization)).toBe('01:00:00');

    const back = await app.api.as(owner).put(path, { lifetimeSeconds: null });

    expect(back.body).toMatchObject({
      lifetimeSeconds: 1_800,
      mailTemplate: 'reset-password',
      codeLength: null,
      isDefault: true,
    });
    expect(await lifetime(organization)).toBe('00:30:00');
    const events = await app.given.auditEventsOf(organization);
    expect(events.map(({ action, target_id, change }) => [action, target_id, change])).toEqual([
      ['verification_token_type.changed', 'password_reset', { from: none, to: own }],
      ['verification_token_type.changed', 'password_reset', { from: own, to: none }],
    ]);
  });

  it.each([
    ['magic_link', { lifetimeSeconds: 1_801 }, '/lifetimeSeconds'],
    ['magic_link', { lifetimeSeconds: 59 }, '/lifetimeSeconds'],
    ['magic_link', { lifetimeSeconds: '60' }, '/lifetimeSeconds'],
    ['magic_link', {}, '/lifetimeSeconds'],
    ['magic_link', { lifetimeSeconds: 60, mailTemplate: 'reset-password' }, '/mailTemplate'],
    ['magic_link', { lifetimeSeconds: 60, mailTemplate: 'password-changed' }, '/mailTemplate'],
    ['magic_link', { lifetimeSeconds: 60, digits: 6 }, '/digits'],
    ['magic_link', { lifetimeSeconds: null, codeLength: 5 }, '/codeLength'],
    ['magic_link', { lifetimeSeconds: null, codeLength: 11 }, '/codeLength'],
    ['magic_link', { lifetimeSeconds: null, codeLength: '6' }, '/codeLength'],
    ['magic_link', { lifetimeSeconds: null, codeLength: 6.5 }, '/codeLength'],
    ['invitation', { lifetimeSeconds: null, codeLength: 6 }, '/codeLength'],
    ['first_password', { lifetimeSeconds: 2_592_001 }, '/lifetimeSeconds'],
    ['first_password', { lifetimeSeconds: 60, mailTemplate: 'reset-password' }, '/mailTemplate'],
    ['first_password', { lifetimeSeconds: null, codeLength: 6 }, '/codeLength'],
  ])('%s are not set by %j', async (type, body, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).put(types(organization, type), body);

    expect(response).toBeProblem('invalid_request');
    expect(response.body.errors[0].pointer).toBe(pointer);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it.each(['setup', 'constructor', 'PASSWORD_RESET'])('know no %s', async (type) => {
    const { organization, owner } = await app.given.organization();

    expect(await app.api.as(owner).get(types(organization, type))).toBeProblem('not_found');
    expect(await app.api.as(owner).put(types(organization, type), { lifetimeSeconds: 60 })).toBeProblem(
      'not_found',
    );
  });

  it('are for who may read and change policies', async () => {
    const { organization } = await app.given.organization();
    const reader = await app.given.user(organization, { permissions: ['policies:read'] });
    const path = types(organization, 'magic_link');

    expect((await app.api.as(reader).get(path)).status).toBe(200);
    expect(await app.api.as(reader).put(path, { lifetimeSeconds: 60 })).toBeProblem('permission_denied');
    const max = await app.given.user(organization, { roles: ['member'] });
    expect(await app.api.as(max).get(types(organization))).toBeProblem('permission_denied');
  });

  async function lifetime({ id }: TestOrganization): Promise<string> {
    const [row] = await app.sql(
      `with token as (select issue_token($1, 'password_reset', null) as text) select token_lifetime($1, 'password_reset')::text as lifetime from token`,
      [id],
    );
    return row.lifetime;
  }
});
