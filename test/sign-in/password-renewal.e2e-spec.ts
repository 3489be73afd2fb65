import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../src/platform/config/settings.js';
import { HashGate } from '../../src/platform/crypto/hash-gate.js';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const pepper = (id: string) => ({ id, key: new Secret(Buffer.alloc(32, id).toString('base64')) });
const setting = (id: string) => `${id}:${pepper(id).key.reveal()}`;
const oldHasher = new PasswordHasher([pepper('old')], new HashGate(10));

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { PASSWORD_PEPPER: `${setting('new')},${setting('old')}` } });
});
afterAll(() => app.stop());

async function givenOldHash(organization: TestOrganization): Promise<TestUser> {
  const max = await app.given.user(organization);
  await app.sql('update tenantry.users set password_hash = $3 where org_id = $1 and id = $2', [
    organization.id,
    max.id,
    await oldHasher.hash(max.password),
  ]);
  return max;
}

async function storedHash({ id }: TestUser): Promise<string> {
  const [row] = await app.sql('select password_hash from tenantry.users where id = $1', [id]);
  return row.password_hash as string;
}

describe('A hash under an older pepper', () => {
  it('still lets its owner in, and is renewed by that', async () => {
    const { organization } = await app.given.organization();
    const max = await givenOldHash(organization);
    const old = await storedHash(max);
    const path = `/v1/organizations/${organization.slug}/sign-in`;

    const first = await app.api.post(path, { identifier: max.email, password: max.password });
    const renewed = await storedHash(max);
    const second = await app.api.post(path, { identifier: max.email, password: max.password });

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(renewed).not.toBe(old);
    expect(app.get(PasswordHasher).needsRehash(renewed)).toBe(false);
    expect(await storedHash(max)).toBe(renewed);
    expect(await app.given.auditOf(organization)).toEqual(['session.created', 'session.created']);
  });

  it('stays what it is when the password is wrong', async () => {
    const { organization } = await app.given.organization();
    const max = await givenOldHash(organization);
    const old = await storedHash(max);

    const response = await app.api.post(`/v1/organizations/${organization.slug}/sign-in`, {
      identifier: max.email,
      password: 'not the password of anybody',
    });

    expect(response).toBeProblem('invalid_credentials');
    expect(await storedHash(max)).toBe(old);
  });

  it('is renewed once by many who sign in at the same time, and all get in', async () => {
    const { organization } = await app.given.organization();
    const max = await givenOldHash(organization);

    const responses = await Promise.all(
      Array.from({ length: 4 }, () =>
        app.api.post(`/v1/organizations/${organization.slug}/sign-in`, {
          identifier: max.email,
          password: max.password,
        }),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(app.get(PasswordHasher).needsRehash(await storedHash(max))).toBe(false);
  });
});
