import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { TestTokens, type TestApplication } from '../support/access-tokens.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let tokens: TestTokens;
beforeAll(async () => {
  app = await startApp();
  tokens = new TestTokens(app);
});
afterAll(() => app.stop());

interface World {
  organization: TestOrganization;
  owner: TestUser;
  max: TestUser;
  application: TestApplication;
  sessionId: string;
  grantId: string;
  service: string;
  path: string;
}

async function world(): Promise<World> {
  const { organization, owner } = await app.given.organization();
  const max = await app.given.user(organization);
  const application = await tokens.application(organization);
  const { token: service } = await app.given.apiKey(owner, { permissions: ['sessions:validate'] });
  const path = `/v1/organizations/${organization.slug}/revocations`;
  return { organization, owner, max, application, service, path, ...(await tokens.grant(max, application)) };
}

interface Item {
  subject: string;
  sessionId: string | null;
  applicationId: string | null;
  issuedUntil: number;
  expiresAt: string;
}

async function follow({ service, path }: World, after?: string): Promise<{ items: Item[]; next: string }> {
  const { body, status } = await app.api
    .as(service)
    .get(after === undefined ? path : `${path}?after=${after}`);
  expect(status).toBe(200);
  return body as { items: Item[]; next: string };
}

/** Whether somebody who applies the list takes a token for dead. */
const isDead = (items: Item[], token: { sid?: string; clientId: string; iat: number }): boolean =>
  items.some(
    ({ sessionId, applicationId, issuedUntil }) =>
      (sessionId === null || sessionId === token.sid) &&
      (applicationId === null || applicationId === token.clientId) &&
      token.iat <= issuedUntil,
  );

const seconds = () => Math.floor(Date.now() / 1_000);

describe('The list of revoked access tokens', () => {
  it('is empty where nothing was revoked', async () => {
    expect(await follow(await world())).toEqual({ items: [], next: '0' });
  });

  it.each<[string, (world: World) => Promise<unknown>, (world: World) => string]>([
    [
      'signs out',
      ({ max }) => app.api.as(max).delete('/v1/session'),
      ({ sessionId }) => `session:${sessionId}`,
    ],
    [
      'is locked',
      ({ organization, owner, max }) =>
        app.api.as(owner).put(`/v1/organizations/${organization.slug}/users/${max.id}/lock`),
      ({ sessionId }) => `session:${sessionId}`,
    ],
    [
      'is locked by another program',
      ({ max }) => app.sql(`update users set status = 'locked' where id = $1`, [max.id]),
      ({ sessionId }) => `session:${sessionId}`,
    ],
    [
      'is deleted',
      ({ organization, owner, max }) =>
        app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${max.id}`),
      ({ sessionId }) => `session:${sessionId}`,
    ],
    [
      'takes back what an application may',
      ({ grantId }) => app.sql('update oidc_grants set revoked_at = now() where id = $1', [grantId]),
      ({ sessionId, application }) => `session:${sessionId}:application:${application.id}`,
    ],
    [
      'used an application that is disabled',
      ({ application }) =>
        app.sql(`update applications set status = 'disabled' where id = $1`, [application.id]),
      ({ application }) => `application:${application.id}`,
    ],
    [
      'used an application that is deleted',
      ({ application }) => app.sql('delete from applications where id = $1', [application.id]),
      ({ application }) => `application:${application.id}`,
    ],
  ])('tells when somebody %s', async (_, happens, subjectOf) => {
    const given = await world();
    const token = { sid: given.sessionId, clientId: given.application.id, iat: seconds() };

    await happens(given);

    const { items } = await follow(given);
    expect(items).toContainEqual(expect.objectContaining({ subject: subjectOf(given) }));
    expect(isDead(items, token)).toBe(true);
    const left = Math.max(...items.map(({ expiresAt }) => Date.parse(expiresAt))) - Date.now();
    expect(left).toBeGreaterThan(3_590_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  it('leaves other sessions, applications and people alone', async () => {
    const given = await world();
    const other = await tokens.application(given.organization);
    const anna = await app.given.user(given.organization);
    const hers = await tokens.grant(anna, given.application);
    await app.sql('update oidc_grants set revoked_at = now() where id = $1', [given.grantId]);

    const { items } = await follow(given);

    const iat = seconds();
    expect(isDead(items, { sid: given.sessionId, clientId: given.application.id, iat: iat - 1 })).toBe(true);
    expect(isDead(items, { sid: given.sessionId, clientId: other.id, iat: iat - 1 })).toBe(false);
    expect(isDead(items, { sid: hers.sessionId, clientId: given.application.id, iat: iat - 1 })).toBe(false);
    expect(isDead(items, { sid: given.sessionId, clientId: given.application.id, iat: iat + 1 })).toBe(false);
  });

  it('tells of a suspension that everything from before is dead', async () => {
    const given = await world();
    const operator = await app.given.operator();
    const path = `/v1/organizations/${given.organization.slug}/suspension`;
    await app.api.as(operator).put(path);
    await app.api.as(operator).delete(path);

    const { items } = await follow(given);

    expect(items.map(({ subject }) => subject)).toEqual(['organization']);
    expect(isDead(items, { sid: given.sessionId, clientId: given.application.id, iat: seconds() - 1 })).toBe(
      true,
    );
    expect(isDead(items, { sid: given.sessionId, clientId: given.application.id, iat: seconds() + 5 })).toBe(
      false,
    );
  });

  it('says nothing of sessions that no application was used in', async () => {
    const given = await world();
    const anna = await app.given.user(given.organization);

    await app.api.as(anna).delete('/v1/session');

    expect(await follow(given)).toEqual({ items: [], next: '0' });
  });

  it('is read once, from where the reader was', async () => {
    const given = await world();
    const people = await Promise.all([1, 2, 3].map(() => app.given.user(given.organization)));
    for (const person of people) await tokens.grant(person, given.application);

    await app.api.as(people[0]!).delete('/v1/session');
    const first = await follow(given);
    await app.api.as(people[1]!).delete('/v1/session');
    await app.api.as(people[2]!).delete('/v1/session');
    const second = await follow(given, first.next);
    const third = await follow(given, second.next);

    expect([first.items.length, second.items.length, third.items.length]).toEqual([1, 2, 0]);
    expect(third.next).toBe(second.next);
    const { body } = await app.api.as(given.service).get(`${given.path}?limit=2`);
    expect(body.items).toHaveLength(2);
    expect((await follow(given, body.next)).items).toHaveLength(1);
  });

  it('leaves nothing out that was written before and committed after', async () => {
    const given = await world();
    const anna = await app.given.user(given.organization);
    const hers = await tokens.grant(anna, given.application);
    const slow = new pg.Client({ connectionString: app.ownerUrl, options: '-c search_path=tenantry' });
    await slow.connect();
    await slow.query('begin');
    await slow.query('update sessions set revoked_at = now() where id = $1', [given.sessionId]);

    await app.api.as(anna).delete('/v1/session');
    const first = await follow(given);
    await slow.query('commit');
    await slow.end();
    const second = await follow(given, first.next);

    expect(first.items.map(({ sessionId }) => sessionId)).toEqual([hers.sessionId]);
    expect(second.items.map(({ sessionId }) => sessionId)).toEqual([given.sessionId]);
  });

  it('is complete and in order, however many read and write at once', async () => {
    const given = await world();
    const people = await Promise.all(Array.from({ length: 20 }, () => app.given.user(given.organization)));
    for (const person of people) await tokens.grant(person, given.application);
    const seen = new Set<string>();
    let [after, isOver] = ['0', false];
    const reader = (async () => {
      for (let last = false; !last; last = isOver) {
        const { items, next } = await follow(given, after);
        for (const { subject } of items) seen.add(subject);
        after = next;
      }
    })();

    await Promise.all(people.map((person) => app.api.as(person).delete('/v1/session')));
    isOver = true;
    await reader;
    for (const { subject } of (await follow(given, after)).items) seen.add(subject);

    expect(seen.size).toBe(20);
  });

  it('forgets what has ended by itself', async () => {
    const given = await world();
    await app.api.as(given.max).delete('/v1/session');
    expect((await follow(given)).items).toHaveLength(1);

    await app.given.timePasses(given.organization, '61 minutes');
    expect((await follow(given)).items).toEqual([]);
    await app.get(Jobs).run('retention');

    expect(
      await app.sql('select 1 from token_revocations where org_id = $1', [given.organization.id]),
    ).toEqual([]);
  });

  it('is for those who may ask about sessions, in their own organization', async () => {
    const given = await world();
    const other = await world();
    await app.api.as(given.max).delete('/v1/session');
    const { token } = await app.given.apiKey(given.owner, { permissions: ['access:check'] });

    expect(await app.api.as(token).get(given.path)).toBeProblem('permission_denied');
    expect(await app.api.as(other.service).get(given.path)).toBeProblem('not_found');
    expect((await follow(other)).items).toEqual([]);
  });

  it.each(['x', '-1', '1234567890123456789'])('refuses %s as a place in it', async (after) => {
    const { service, path } = await world();

    expect(await app.api.as(service).get(`${path}?after=${after}`)).toBeProblem('invalid_request');
  });

  it('does not keep an organization from being erased', async () => {
    const given = await world();
    await app.api.as(given.max).delete('/v1/session');
    const operator = app.api.as(await app.given.operator());
    await operator.put(`/v1/organizations/${given.organization.slug}/suspension`);

    const response = await operator.delete(`/v1/organizations/${given.organization.slug}`);

    expect(response.status).toBe(204);
    expect(await app.sql('select 1 from organizations where id = $1', [given.organization.id])).toEqual([]);
  });
});
