import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { upstreamTokenUnavailableProblem } from '../../src/accounts/accounts.problems.js';
import { UpstreamRenewals } from '../../src/accounts/upstream-renewals.service.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import type { UpstreamTokens } from '../../src/providers/provider.types.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';
import { givenProvider, identityOf, signInWith } from './world.js';

let app: TestApp;
const asked: string[] = [];
let answer: () => Promise<UpstreamTokens>;

const inAnHour = () => new Date(Date.now() + 3_600_000);
const renewed = (): UpstreamTokens => ({
  accessToken: 'second access',
  refreshToken: 'second refresh',
  expiresAt: inAnHour(),
  scopes: ['openid', 'mail'],
});

beforeAll(async () => {
  app = await startApp();
  app.get(UpstreamRenewals).handle((_organization, _provider, refreshToken) => {
    asked.push(refreshToken);
    return answer();
  });
});
afterAll(() => app.stop());
beforeEach(() => {
  asked.length = 0;
  answer = () => Promise.resolve(renewed());
});

async function givenTokens(tokens: Partial<UpstreamTokens> = {}) {
  const { organization, owner } = await app.given.organization({ registration: { mode: 'open' } });
  const provider = await givenProvider(app, organization);
  const subject = 'somebody';
  const arrive = (others: Partial<UpstreamTokens> = {}) =>
    signInWith(
      app,
      organization,
      identityOf(provider, {
        subject,
        tokens: {
          accessToken: 'first access',
          refreshToken: 'first refresh',
          expiresAt: inAnHour(),
          scopes: ['openid'],
          ...tokens,
          ...others,
        },
      }),
    );
  const { account, accountId } = await arrive();
  await app.given.forgetAudit(organization);
  return {
    organization,
    owner,
    account,
    accountId,
    arrive,
    path: pathOf(organization, account.id, accountId),
  };
}

const pathOf = ({ slug }: TestOrganization, userId: string, accountId: string) =>
  `/v1/organizations/${slug}/users/${userId}/accounts/${accountId}/token`;

describe('An upstream token', () => {
  it('is read with a permission of its own, each time for the record', async () => {
    const { organization, owner, path, accountId } = await givenTokens();
    const holder = await app.given.user(organization, { permissions: ['accounts:tokens'] });
    const admin = await app.given.user(organization, { roles: ['admin'] });

    const response = await app.api.as(holder).get(path);

    expect(response.body).toEqual({
      accessToken: 'first access',
      scopes: ['openid'],
      expiresAt: expect.any(String),
    });
    expect(response.headers['cache-control']).toBe('no-store');
    expect((await app.api.as(owner).get(path)).status).toBe(200);
    expect(await app.api.as(admin).get(path)).toBeProblem('permission_denied');
    const events = await app.given.auditEventsOf(organization);
    expect(events.filter(({ action }) => action === 'account.token_read')).toMatchObject([
      { target_id: accountId, actor_id: holder.id },
      { target_id: accountId, actor_id: owner.id },
    ]);
    expect(asked).toEqual([]);
  });

  it('of whoever holds more is not read', async () => {
    const { organization, path, account } = await givenTokens();
    const holder = await app.given.user(organization, { permissions: ['accounts:tokens'] });
    await app.given.grant(organization, account.id, 'admin');

    expect(await app.api.as(holder).get(path)).toBeProblem('permission_denied');
  });

  it('lies sealed, bound to its row, and is in no other answer', async () => {
    const { organization, owner, account, accountId } = await givenTokens();

    const [row] = await app.sql<{ access_token: Buffer; refresh_token: Buffer }>(
      'select access_token, refresh_token from oauth_accounts where id = $1',
      [accountId],
    );
    const list = await app.api
      .as(owner)
      .get(`/v1/organizations/${organization.slug}/users/${account.id}/accounts`);

    expect(row!.access_token.includes('first access')).toBe(false);
    expect(row!.refresh_token.includes('first refresh')).toBe(false);
    expect(list.text).not.toContain('first');
    expect(list.body['items']).toMatchObject([{ hasToken: true, scopes: ['openid'] }]);
    const other = await givenTokens();
    await app.sql('update oauth_accounts set access_token = $2 where id = $1', [
      other.accountId,
      row!.access_token,
    ]);
    expect(
      (
        await app.exchange.send({
          method: 'GET',
          path: other.path,
          headers: { authorization: `Bearer ${other.owner.token}` },
        })
      ).status,
    ).toBe(500);
  });

  it('is renewed when it ends within a minute, once, however many ask', async () => {
    const { owner, path } = await givenTokens({ expiresAt: new Date(Date.now() + 30_000) });

    const answers = await Promise.all(Array.from({ length: 10 }, () => app.api.as(owner).get(path)));

    expect(answers.map(({ body }) => body['accessToken'])).toEqual(Array(10).fill('second access'));
    expect(asked).toEqual(['first refresh']);
    answer = () => Promise.resolve({ ...renewed(), refreshToken: null });
    await app.sql(`update oauth_accounts set access_token_expires_at = now()`);
    await app.api.as(owner).get(path);
    await app.sql(`update oauth_accounts set access_token_expires_at = now()`);
    await app.api.as(owner).get(path);
    // A provider that hands out no other one goes on taking the last.
    expect(asked).toEqual(['first refresh', 'second refresh', 'second refresh']);
  });

  it('stays as it is where the provider refuses, and can be asked for again', async () => {
    const { owner, path } = await givenTokens({ expiresAt: new Date() });
    answer = () => Promise.reject(upstreamTokenUnavailableProblem('The provider refused'));

    expect(await app.api.as(owner).get(path)).toBeProblem('upstream_token_unavailable');
    answer = () => Promise.resolve(renewed());

    expect((await app.api.as(owner).get(path)).body['accessToken']).toBe('second access');
  });

  it('is not there after its end where the provider gave nothing to renew it with', async () => {
    const { owner, path } = await givenTokens({ expiresAt: new Date(), refreshToken: null });

    expect(await app.api.as(owner).get(path)).toBeProblem('upstream_token_unavailable');
    expect(asked).toEqual([]);
  });

  it('that came with a later sign-in is kept when an older one is renewed meanwhile', async () => {
    const { owner, path, arrive } = await givenTokens({ expiresAt: new Date() });
    answer = async () => {
      await arrive({ accessToken: 'newest access', refreshToken: 'newest refresh', expiresAt: inAnHour() });
      return renewed();
    };

    expect((await app.api.as(owner).get(path)).body['accessToken']).toBe('newest access');
  });

  it('is sealed anew when the key has changed', async () => {
    const { owner, path, accountId } = await givenTokens();
    const newKeys = `k2:${Buffer.alloc(32, 'another').toString('base64')},k1:${Buffer.alloc(32, 'encryption').toString('base64')}`;
    const later = await startApp({ beside: app, env: { ENCRYPTION_KEYS: newKeys } });
    try {
      await later.get(Jobs).run('seal-upstream-tokens');

      const [row] = await app.sql<{ access_token: Buffer }>(
        'select access_token from oauth_accounts where id = $1',
        [accountId],
      );
      expect(row!.access_token.subarray(1, 3).toString()).toBe('k2');
      expect((await later.api.as(owner).get(path)).body['accessToken']).toBe('first access');
    } finally {
      await later.stop();
    }
  });
});
