import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('the list of users', () => {
  let app: TestApp;
  let organization: TestOrganization;
  let owner: TestUser;
  beforeAll(async () => {
    app = await startApp();
    ({ organization, owner } = await app.given.organization());
    const people: [string, string | null, string | null, string[]][] = [
      ['anna@acme.example', 'zoe', 'Anna Arnold', ['member']],
      ['bert@acme.example', 'yan', 'bert Bauer', ['member', 'admin']],
      ['carl_x@acme.example', null, 'Zoë 100% Zander', []],
      ['dora@mail.example', 'carlx', null, ['member']],
    ];
    for (const [index, [email, username, fullName, roles]] of people.entries()) {
      const user = await app.given.user(organization, {
        email,
        roles,
        ...(username !== null && { username }),
        ...(fullName !== null && { fullName }),
        status: index === 3 ? 'locked' : 'active',
      });
      await app.sql(
        `update users set created_at = now() + $2 * interval '1 microsecond', last_login_at = $3 where id = $1`,
        [user.id, index + 1, index % 2 === 0 ? new Date(Date.UTC(2026, 0, 10 - index)) : null],
      );
    }
  });
  afterAll(() => app.stop());

  const list = (
    query: Record<string, string | number> = {},
    actor: TestUser = owner,
    within = organization,
  ) => {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    return app.api.as(actor).get(`/v1/organizations/${within.slug}/users?${parameters}`);
  };
  /** First names, which are the beginnings of the addresses. */
  const namesOf = ({ body }: { body: { items: { email: string }[] } }) =>
    body.items.map(({ email }) => email.split('@')[0]);

  it('begins with the newest', async () => {
    const response = await list();

    expect(namesOf(response)).toEqual(['dora', 'carl_x', 'bert', 'anna', 'olga']);
    expect(response.body.nextCursor).toBeNull();
    expect(response.body.items[2].roles).toEqual([
      { role: 'admin', expiresAt: null },
      { role: 'member', expiresAt: null },
    ]);
    expect(response.text).not.toContain('argon2');
  });

  it.each([
    ['createdAt', ['olga', 'anna', 'bert', 'carl_x', 'dora']],
    ['-createdAt', ['dora', 'carl_x', 'bert', 'anna', 'olga']],
    ['email', ['anna', 'bert', 'carl_x', 'dora', 'olga']],
    ['-email', ['olga', 'dora', 'carl_x', 'bert', 'anna']],
    ['fullName', ['dora', 'anna', 'bert', 'olga', 'carl_x']],
    ['-fullName', ['carl_x', 'olga', 'bert', 'anna', 'dora']],
    ['-lastLoginAt', ['anna', 'carl_x']],
    ['-username', ['anna', 'bert', 'dora']],
  ])('is sorted by %s, the same in pages of one', async (sort, names) => {
    const whole = await list({ sort });

    expect(namesOf(whole).slice(0, names.length)).toEqual(names);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list({ sort, limit: 1, ...(cursor !== '' && { cursor }) });
      paged.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor as string | null;
    }
    expect(paged).toEqual(whole.body.items.map(({ id }: { id: string }) => id));
  });

  it.each([
    [{ q: 'BAUER' }, ['bert']],
    [{ q: 'acme.example', sort: 'email' }, ['anna', 'bert', 'carl_x', 'olga']],
    [{ q: 'carl', sort: 'email' }, ['carl_x', 'dora']],
    [{ q: 'l_x' }, ['carl_x']],
    [{ q: '100%' }, ['carl_x']],
    [{ q: '0% z' }, ['carl_x']],
    [{ q: 'zoe\u0308' }, ['carl_x']],
    [{ q: ' zan ' }, ['carl_x']],
    [{ q: 'a', sort: 'email' }, ['anna']],
    [{ q: 'ba' }, ['bert']],
    [{ q: 'er' }, []],
    [{ q: '%' }, []],
    [{ q: '_' }, []],
    [{ q: '%%%' }, []],
    [{ q: '\\' }, []],
    [{ q: "' or 1=1 --" }, []],
    [{ status: 'locked' }, ['dora']],
    [{ status: 'deactivated' }, []],
    [{ role: 'member', sort: 'email' }, ['anna', 'bert', 'dora']],
    [{ role: 'member', status: 'active', q: 'acme', sort: 'email' }, ['anna', 'bert']],
    [{ role: 'nobody' }, []],
  ] as [Record<string, string>, string[]][])('finds by %j', async (query, names) => {
    const response = await list(query);

    expect(response.status).toBe(200);
    expect(namesOf(response)).toEqual(names);
  });

  it('leaves out who is a member no longer', async () => {
    const user = await app.given.user(organization, { email: 'emil@acme.example', roles: ['admin'] });
    await app.sql(`update user_roles set expires_at = now() - interval '1 second' where user_id = $1`, [
      user.id,
    ]);

    expect(namesOf(await list({ role: 'admin' }))).toEqual(['bert']);

    await app.sql('delete from users where id = $1', [user.id]);
  });

  it.each([
    ['limit', '0'],
    ['limit', '201'],
    ['limit', 'many'],
    ['sort', 'password_hash'],
    ['sort', '--email'],
    ['status', 'gone'],
    ['page', '2'],
    ['q', 'a\u0000'],
  ])('refuses %s=%j', async (name, value) => {
    expect(await list({ [name]: value })).toBeProblem('invalid_request', { pointer: `/query/${name}` });
  });

  it('takes a cursor for the very list that gave it', async () => {
    const { organization: globex, owner: gina } = await app.given.organization({ name: 'Globex' });
    const first = await list({ limit: 2 });
    const cursor = first.body.nextCursor as string;

    expect(namesOf(await list({ limit: 2, cursor }))).toEqual(['bert', 'anna']);
    const bytes = Buffer.from(cursor, 'base64url');
    bytes[bytes.length - 2]! ^= 1;
    for (const refused of [
      await list({ cursor, sort: 'email' }),
      await list({ cursor, q: 'acme' }),
      await list({ cursor, status: 'active' }),
      await list({ cursor, role: 'member' }),
      await list({ cursor }, gina, globex),
      await list({ cursor: bytes.toString('base64url') }),
      await list({ cursor: `${cursor}A` }),
      await list({ cursor: 'eyJpZCI6IjEifQ' }),
      await list({ cursor: Buffer.from('["2026-01-01","1"]').toString('base64url') }),
      await app.api.as(owner).get(`/v1/organizations/${organization.slug}/roles?cursor=${cursor}`),
    ]) {
      expect(refused).toBeProblem('invalid_request');
    }
  });

  it('shows one organization only', async () => {
    const { organization: globex, owner: gina } = await app.given.organization({ name: 'Globex' });

    expect((await list({}, gina, globex)).body.items.map(({ id }: { id: string }) => id)).toEqual([gina.id]);
    expect((await list({ q: 'anna' }, gina, globex)).body.items).toEqual([]);
    expect((await list({ role: 'member' }, gina, globex)).body.items).toEqual([]);
    expect(await list({}, gina, organization)).toBeProblem('not_found');
  });
});
