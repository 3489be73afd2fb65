import { sign, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import {
  type IssuerKey,
  longestSignedTokenSeconds,
  type SigningAlgorithm,
  SigningKeys,
} from '../../src/signing-keys/signing-keys.service.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
let second: TestApp;
beforeAll(async () => {
  app = await startApp();
  second = await startApp({ beside: app });
});
afterAll(async () => {
  await second.stop();
  await app.stop();
});

const ofIssuer = ({ id }: TestOrganization): Promise<IssuerKey[]> =>
  app.get(Database).forOrganization(id, (tx) => app.get(SigningKeys).ofIssuer(tx));

const ensure = ({ id }: TestOrganization, alg: SigningAlgorithm): Promise<void> =>
  app.get(Database).forOrganization(id, (tx) => app.get(SigningKeys).ensure(tx, alg));

const rotate = (node = app) => node.get(Jobs).run('rotate-signing-keys');

/** A service that keeps the published keys for a day, which is longer than it may. */
class Verifier {
  #keys: readonly IssuerKey[] = [];
  #readAt = -Infinity;

  constructor(
    private readonly read: () => Promise<IssuerKey[]>,
    private readonly patienceHours: number,
  ) {}

  async verify(token: Token, hour: number): Promise<boolean> {
    if (hour - this.#readAt >= this.patienceHours) {
      this.#keys = await this.read();
      this.#readAt = hour;
    }
    const key = this.#keys.find(({ kid }) => kid === token.kid);
    return key !== undefined && verify('sha256', token.text, key.publicKey, token.signature);
  }
}

interface Token {
  kid: string;
  text: Buffer;
  signature: Buffer;
  signedAt: number;
}

function signWith(keys: readonly IssuerKey[], alg: SigningAlgorithm, hour: number): Token {
  const key = keys.find((candidate) => candidate.alg === alg && candidate.privateKey !== null)!;
  const text = Buffer.from(`token of hour ${hour}`);
  return { kid: key.kid, text, signature: sign('sha256', text, key.privateKey!), signedAt: hour };
}

describe('Rotation by the clock', () => {
  it('fails no verification of a live token, whoever verifies it and whenever', async () => {
    const { organization, owner } = await app.given.organization();
    const path = `/v1/organizations/${organization.slug}/policies/signing-keys`;
    expect((await app.api.as(owner).put(path, { rotationDays: 7 })).status).toBe(200);
    await ensure(organization, 'RS256');
    const verifiers = [0, 6, 12, 23].map((hours) => new Verifier(() => ofIssuer(organization), hours));
    const step = 6;
    const lifetimeHours = Math.max(step, longestSignedTokenSeconds / 3_600);
    const signers = new Set<string>();
    let live: Token[] = [];

    for (let hour = 0; hour < 24 * 24; hour += step) {
      await rotate(hour % 12 === 0 ? app : second);
      const keys = await ofIssuer(organization);
      live = live.filter(({ signedAt }) => hour - signedAt <= lifetimeHours);
      live.push(signWith(keys, 'ES256', hour), signWith(keys, 'RS256', hour));
      for (const token of live) {
        signers.add(token.kid);
        for (const verifier of verifiers) {
          expect({ hour, token: token.kid, verified: await verifier.verify(token, hour) }).toMatchObject({
            verified: true,
          });
        }
      }
      await app.given.timePasses(organization, `${step} hours`);
    }

    expect(signers.size).toBe(8);
  }, 60_000);

  it('happens after 90 days, and leaves one old key for another month', async () => {
    const { organization } = await app.given.organization();
    const [first] = await ofIssuer(organization);
    const after = async (time: string) => {
      await app.given.timePasses(organization, time);
      await rotate();
      return (await ofIssuer(organization)).map(({ kid, state }) => [
        kid === first!.kid ? 'first' : 'second',
        state,
      ]);
    };

    expect(await after('87 days')).toEqual([['first', 'active']]);
    expect(await after('1 day')).toEqual([
      ['first', 'active'],
      ['second', 'next'],
    ]);
    expect(await after('47 hours')).toEqual([
      ['first', 'active'],
      ['second', 'next'],
    ]);
    expect(await after('1 hour')).toEqual([
      ['second', 'active'],
      ['first', 'retired'],
    ]);
    expect(await after('30 days')).toEqual([
      ['second', 'active'],
      ['first', 'retired'],
    ]);
    expect(await after('2 hours')).toEqual([['second', 'active']]);
    const events = await app.given.auditEventsOf(organization);
    expect(events.map(({ action, actor_type }) => `${action} by ${actor_type}`).sort()).toEqual([
      'signing_key.activated by system',
      'signing_key.published by system',
      'signing_key.published by system',
      'signing_key.removed by system',
      'signing_key.retired by system',
    ]);
  });

  it('follows the platform’s policy where an organization has none', async () => {
    const { organization } = await app.given.organization();
    await ofIssuer(organization);
    const operator = await app.given.operator();
    const path = '/v1/organizations/platform/policies/signing-keys';
    await app.api.as(operator).put(path, { rotationDays: 30 });

    await app.given.timePasses(organization, '29 days');
    await rotate();
    await app.api.as(operator).put(path, { rotationDays: null });

    expect((await ofIssuer(organization)).map(({ state }) => state)).toEqual(['active', 'next']);
  });

  it('is one rotation, however many servers do it at once', async () => {
    const { organization } = await app.given.organization();
    await ofIssuer(organization);
    await app.given.timePasses(organization, '95 days');

    await Promise.all([rotate(app), rotate(second), rotate(app), rotate(second)]);

    expect((await ofIssuer(organization)).map(({ state }) => state)).toEqual(['active', 'next']);
  });

  it('goes on with the others where one organization fails', async () => {
    const [{ organization: broken }, { organization }] = [
      await app.given.organization(),
      await app.given.organization(),
    ];
    for (const one of [broken, organization]) {
      await ofIssuer(one);
      await app.given.timePasses(one, '95 days');
    }
    await app.sql('update signing_keys set private_key = $2 where org_id = $1', [
      broken.id,
      Buffer.from('\x02k9garbage'),
    ]);

    await rotate();

    expect((await ofIssuer(organization)).map(({ state }) => state)).toEqual(['active', 'next']);
    expect(app.logs.some((line) => line.includes('were not rotated') && line.includes(broken.id))).toBe(true);
    await app.sql('delete from signing_keys where org_id = $1', [broken.id]);
  });

  it('touches no organization in which nothing is due', async () => {
    const { organization } = await app.given.organization();
    await ofIssuer(organization);
    const before = await app.given.snapshot(organization);

    await rotate();

    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('Private keys', () => {
  it('are sealed anew under the current encryption key, and sign as before', async () => {
    const { organization } = await app.given.organization();
    const [key] = await ofIssuer(organization);
    const encryption = Buffer.alloc(32, 'encryption').toString('base64');
    const renewed = await startApp({
      beside: app,
      env: { ENCRYPTION_KEYS: `k2:${Buffer.alloc(32, 'another').toString('base64')},k1:${encryption}` },
    });

    await rotate(renewed);

    const [row] = await app.sql(
      `select substring(private_key from 2 for 2) as id from signing_keys where org_id = $1`,
      [organization.id],
    );
    expect((row.id as Buffer).toString()).toBe('k2');
    const [same] = await renewed
      .get(Database)
      .forOrganization(organization.id, (tx) => renewed.get(SigningKeys).ofIssuer(tx));
    expect(same!.privateKey!.equals(key!.privateKey!)).toBe(true);
    await renewed.stop();
  });
});
