import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

describe('users', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const users = ({ slug }: TestOrganization, user?: string) =>
    `/v1/organizations/${slug}/users${user === undefined ? '' : `/${encodeURIComponent(user)}`}`;

  describe('are created', () => {
    it('without a password, with what is said of them, in canonical form', async () => {
      const { organization, owner } = await app.given.organization();

      const response = await app.api.as(owner).post(users(organization), {
        email: 'Max.Meier@BÜCHER.example',
        username: 'Max',
        fullName: ' Max Meier ',
        phoneNumber: '+4930123456',
        metadata: { department: 'sales', tags: [1, null, { '😀': true }] },
        roles: ['admin', { role: 'member', expiresAt: '2099-01-31T12:00:00.000Z' }],
      });

      expect(response.status).toBe(201);
      expect(response.headers['etag']).toBe('"1"');
      expect(response.body).toEqual({
        id: expect.any(String),
        email: 'max.meier@xn--bcher-kva.example',
        emailVerified: false,
        pendingEmail: null,
        username: 'max',
        fullName: 'Max Meier',
        phoneNumber: '+4930123456',
        picture: null,
        status: 'initializing',
        metadata: { department: 'sales', tags: [1, null, { '😀': true }] },
        roles: [
          { role: 'admin', expiresAt: null },
          { role: 'member', expiresAt: '2099-01-31T12:00:00.000Z' },
        ],
        lastLoginAt: null,
        createdAt: expect.any(String),
        updatedAt: response.body.createdAt,
        createdBy: owner.id,
        updatedBy: owner.id,
        version: 1,
      });
      expect(await app.given.auditOf(organization)).toEqual(['user.created']);
    });

    it('with the default role of the registration policy where no roles are named', async () => {
      const { organization, owner } = await app.given.organization();

      const byDefault = await app.api.as(owner).post(users(organization), { username: 'max' });
      const without = await app.api.as(owner).post(users(organization), { username: 'eve', roles: [] });

      expect(byDefault.body.roles).toEqual([{ role: 'member', expiresAt: null }]);
      expect(without.body.roles).toEqual([]);
    });

    it('once for one idempotency key', async () => {
      const { organization, owner } = await app.given.organization();
      const headers = { 'idempotency-key': 'create-max' };
      const body = { email: 'max@acme.example' };

      const answers = await Promise.all(
        Array.from({ length: 5 }, () => app.api.as(owner).post(users(organization), body, { headers })),
      );
      const other = await app.api.as(owner).post(users(organization), { username: 'max' }, { headers });

      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(answers[0]!.status).toBe(201);
      expect(other).toBeProblem('idempotency_key_reused');
      expect(await app.given.auditOf(organization)).toEqual(['user.created']);
    });

    it('by an identifier that nobody else has', async () => {
      const { organization, owner } = await app.given.organization();
      await app.given.user(organization, {
        email: 'max@acme.example',
        username: 'max',
        phoneNumber: '+4930123456',
      });
      const before = await app.given.snapshot(organization);
      const create = (body: object) => app.api.as(owner).post(users(organization), body);

      expect(await create({ email: 'MAX@acme.example' })).toBeProblem('email_taken');
      expect(await create({ username: 'Max', email: 'other@acme.example' })).toBeProblem('username_taken');
      expect(await create({ username: 'other', phoneNumber: '+4930123456' })).toBeProblem(
        'phone_number_taken',
      );
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([]);
    });

    it('in another organization with the same identifiers', async () => {
      const { organization, owner } = await app.given.organization();
      const { organization: globex, owner: gina } = await app.given.organization({ name: 'Globex' });

      const here = await app.api.as(owner).post(users(organization), { email: 'max@people.example' });
      const there = await app.api.as(gina).post(users(globex), { email: 'max@people.example' });

      expect([here.status, there.status]).toEqual([201, 201]);
      expect(here.body.id).not.toBe(there.body.id);
    });

    it('one at a time, when one address comes fifty times at once', async () => {
      const { organization, owner } = await app.given.organization();

      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          app.api.as(owner).post(users(organization), { email: 'max@acme.example' }),
        ),
      );

      const created = answers.filter(({ status }) => status === 201);
      expect(created).toHaveLength(1);
      for (const answer of answers) if (answer !== created[0]) expect(answer).toBeProblem('email_taken');
      expect(await app.given.auditOf(organization)).toEqual(['user.created']);
    });

    it.each([
      ['no identifier', { fullName: 'Max' }, '/email'],
      ['null for an identifier', { email: null }, '/email'],
      ['a malformed address', { email: 'max@@acme.example' }, '/email'],
      ['a name in angle brackets', { email: 'Max <max@acme.example>' }, '/email'],
      ['a user name that looks like an id', { username: newId() }, '/username'],
      ['a user name with a space', { username: 'max meier' }, '/username'],
      ['a national phone number', { username: 'max', phoneNumber: '030 123456' }, '/phoneNumber'],
      ['a blank name', { username: 'max', fullName: '   ' }, '/fullName'],
      ['a name on two lines', { username: 'max', fullName: 'Max\nBcc: eve@globex.example' }, '/fullName'],
      ['a list for metadata', { username: 'max', metadata: [] }, '/metadata'],
      ['too large metadata', { username: 'max', metadata: { a: 'x'.repeat(16_384) } }, '/metadata'],
      ['U+0000 in metadata', { username: 'max', metadata: { a: ['\u0000'] } }, '/metadata'],
      ['half a character in metadata', { username: 'max', metadata: { '\ud83d': 1 } }, '/metadata'],
      ['deep metadata', { username: 'max', metadata: { a: nested(35) } }, '/metadata'],
      ['a constructor in metadata', { username: 'max', metadata: { constructor: 1 } }, ''],
      ['a status', { username: 'max', status: 'active' }, '/status'],
      ['a password', { username: 'max', password: 'violet lantern 57' }, '/password'],
      [
        'a role that has ended',
        { username: 'max', roles: [{ role: 'member', expiresAt: '2020-01-01T00:00:00Z' }] },
        '/roles/0/expiresAt',
      ],
      ['a role that is no name', { username: 'max', roles: [7] }, '/roles/0'],
    ])('not from %s', async (_, body, pointer) => {
      const { organization, owner } = await app.given.organization();
      const before = await app.given.snapshot(organization);

      const response = await app.api.as(owner).post(users(organization), body);

      expect(response).toBeProblem('invalid_request', { pointer });
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([]);
    });

    it('not from metadata deeper than any recursion bears', async () => {
      const { organization, owner } = await app.given.organization();

      const response = await app.exchange.send({
        method: 'POST',
        path: users(organization),
        headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
        body: `{"username":"max","metadata":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_001)}`,
      });

      expect([response.status, JSON.parse(response.text).code]).toEqual([400, 'invalid_request']);
      expect(await app.given.auditOf(organization)).toEqual([]);
    });

    it('with metadata as large as it may be', async () => {
      const { organization, owner } = await app.given.organization();
      const metadata = { list: Array.from({ length: 8_000 }, () => 1) };

      const response = await app.api.as(owner).post(users(organization), { username: 'max', metadata });

      expect(response.status).toBe(201);
      expect(response.body.metadata).toEqual(metadata);
    });

    it('with no role that the creator does not hold', async () => {
      const { organization } = await app.given.organization();
      const manager = await app.given.user(organization, { permissions: ['users:write'] });
      const before = await app.given.snapshot(organization);
      const create = (roles: string[]) =>
        app.api.as(manager).post(users(organization), { username: 'max', roles });

      expect(await create(['admin'])).toBeProblem('permission_denied');
      expect(await create(['owner'])).toBeProblem('permission_denied');
      expect(await create(['nobody'])).toBeProblem('unknown_role');
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([
        'user.created (refused)',
        'user.created (refused)',
      ]);
    });
  });

  it('are read by id, e-mail address and user name, in whatever spelling', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, {
      email: 'max+news@bücher.example'.replace('bücher', 'xn--bcher-kva'),
      username: 'max',
      roles: ['member'],
    });
    const read = (user: string) => app.api.as(owner).get(users(organization, user));

    const byId = await read(max.id);

    expect(byId.status).toBe(200);
    expect(byId.headers['etag']).toBe('"1"');
    expect(byId.body).toMatchObject({
      id: max.id,
      status: 'active',
      roles: [{ role: 'member', expiresAt: null }],
    });
    expect(byId.text).not.toContain('argon2');
    for (const spelling of [max.id.toUpperCase(), 'MAX', 'Max+News@BÜCHER.example', max.email]) {
      expect((await read(spelling)).body).toEqual(byId.body);
    }
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('of another organization are like those who do not exist, byte for byte', async () => {
    const { organization, owner } = await app.given.organization();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const foreign = await app.given.user(globex, { email: 'gus@globex.example', username: 'gus' });
    const before = [await app.given.snapshot(organization), await app.given.snapshot(globex)];
    const attempts: [string, string, object?][] = [
      ['GET', ''],
      ['PATCH', '', { fullName: 'Eve' }],
      ['DELETE', ''],
      ['PUT', '/lock'],
      ['DELETE', '/lock'],
      ['PUT', '/deactivation'],
      ['DELETE', '/deactivation'],
    ];

    for (const [method, suffix, body] of attempts) {
      const send = (user: string) =>
        app.api.as(owner).send(method, users(organization, user) + suffix, body, {
          headers: { 'x-request-id': 'the-same-request' },
        });
      const unknown = await send(newId());

      expect(unknown).toBeProblem('not_found');
      for (const user of [
        foreign.id,
        foreign.email,
        foreign.username!,
        'no one',
        '\u0000',
        '..%2f',
        "' or 1=1",
      ]) {
        const answer = await send(user);
        expect([answer.status, answer.text]).toEqual([unknown.status, unknown.text]);
      }
    }
    expect([await app.given.snapshot(organization), await app.given.snapshot(globex)]).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  describe('are changed', () => {
    it('in what is given; null takes away, metadata are merged', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, {
        username: 'max',
        fullName: 'Max',
        phoneNumber: '+4930123456',
        metadata: { desk: 12, address: { city: 'Berlin', floor: 3 } },
      });

      const response = await app.api.as(owner).patch(users(organization, 'max'), {
        fullName: 'Max Meier',
        phoneNumber: null,
        metadata: { desk: null, address: { floor: 4 } },
      });

      expect(response.status).toBe(200);
      expect(response.headers['etag']).toBe('"2"');
      expect(response.body).toMatchObject({
        id: max.id,
        email: max.email,
        username: 'max',
        fullName: 'Max Meier',
        phoneNumber: null,
        metadata: { address: { city: 'Berlin', floor: 4 } },
        updatedBy: owner.id,
        version: 2,
      });
      const [event] = await app.given.auditEventsOf(organization);
      expect(event).toMatchObject({
        action: 'user.updated',
        target_id: max.id,
        change: {
          fullName: { from: 'Max', to: 'Max Meier' },
          phoneNumber: { from: '+4930123456', to: null },
          metadata: 'changed',
        },
      });
    });

    it('not at all by what is so already', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { fullName: 'Max', metadata: { b: 1, a: { c: [2] } } });
      const before = await app.given.snapshot(organization);

      const response = await app.api.as(owner).patch(users(organization, max.id), {
        email: max.email.toUpperCase(),
        fullName: ' Max ',
        metadata: { a: { c: [2] }, b: 1, d: null },
      });

      expect(response.body).toMatchObject({ id: max.id, version: 1, updatedBy: null });
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([]);
    });

    it('and another address waits to be confirmed, or is withdrawn by the present one', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { fullName: 'Max', emailVerifiedAt: new Date() });
      const change = (body: object) => app.api.as(owner).patch(users(organization, max.id), body);
      const isPresent = { email: max.email, emailVerified: true };
      const [reset] = await app.sql(`select issue_token($1, 'password_reset', $2) as token`, [
        organization.id,
        max.id,
      ]);

      const changed = await change({ email: 'max.meier@acme.example' });
      const renamed = await change({ fullName: 'Max Meier' });
      const withdrawn = await change({ email: max.email });

      expect(changed.body).toMatchObject({ ...isPresent, pendingEmail: 'max.meier@acme.example' });
      expect(renamed.body).toMatchObject({ ...isPresent, pendingEmail: 'max.meier@acme.example' });
      expect(withdrawn.body).toMatchObject({ ...isPresent, pendingEmail: null });
      const [checked] = await app.sql(`select check_token($1, 'password_reset', $2) as is_valid`, [
        organization.id,
        reset.token,
      ]);
      expect(checked.is_valid).toBe(false);
      const events = await app.given.auditEventsOf(organization);
      expect(events.map(({ change: { pendingEmail } }) => pendingEmail)).toEqual([
        { from: null, to: 'max.meier@acme.example' },
        undefined,
        { from: 'max.meier@acme.example', to: null },
      ]);
    });

    it('and a first address is set at once, unverified', async () => {
      const { organization, owner } = await app.given.organization();
      const path = users(organization);
      const { body: max } = await app.api.as(owner).post(path, { username: 'max' });

      const response = await app.api.as(owner).patch(`${path}/${max.id}`, { email: 'max@acme.example' });

      expect(response.body).toMatchObject({
        email: 'max@acme.example',
        emailVerified: false,
        pendingEmail: null,
      });
      const mails = await app.sql('select template, to_email, token_type from mails where user_id = $1', [
        max.id,
      ]);
      expect(mails).toEqual([
        { template: 'verify-email', to_email: 'max@acme.example', token_type: 'email_verification' },
      ]);
    });

    it('only while nobody else has changed them', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { fullName: 'Max' });
      const change = (fullName: string, version: string) =>
        app.api
          .as(owner)
          .patch(users(organization, max.id), { fullName }, { headers: { 'if-match': version } });

      expect((await change('Max M', '"1"')).status).toBe(200);
      expect(await change('Max N', '"1"')).toBeProblem('stale');
      expect(await change('Max O', '2')).toBeProblem('invalid_request', { pointer: '/header/If-Match' });
      expect(await change('Max O', 'W/"2"')).toBeProblem('stale');
      expect((await change('Max P', '*')).body).toMatchObject({ fullName: 'Max P', version: 3 });
      expect(await change('Max Q', '"1", W/"3"')).toBeProblem('stale');
      expect((await change('Max Q', '"1", "3"')).body).toMatchObject({ fullName: 'Max Q', version: 4 });
      expect(await app.given.auditOf(organization)).toEqual(Array(3).fill('user.updated'));
    });

    it('by one of many who read the same version', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { fullName: 'Max' });

      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, number) =>
          app.api
            .as(owner)
            .patch(
              users(organization, max.id),
              { fullName: `Max ${number}` },
              { headers: { 'if-match': '"1"' } },
            ),
        ),
      );

      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
    });

    it('and keep an identifier', async () => {
      const { organization, owner } = await app.given.organization();
      const { body: max } = await app.api.as(owner).post(users(organization), { email: 'max@acme.example' });
      const change = (body: object) => app.api.as(owner).patch(users(organization, max.id), body);

      expect(await change({ email: null })).toBeProblem('invalid_request', { pointer: '/email' });
      expect((await change({ email: null, username: 'max' })).body).toMatchObject({
        email: null,
        username: 'max',
      });
      expect(await change({ username: null })).toBeProblem('invalid_request', { pointer: '/email' });
    });

    it('but never lose the address of an account in use, so that nobody gets its reset link shown', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization);
      await app.api.as(owner).patch(users(organization, max.id), { username: 'max' });
      await app.given.forgetAudit(organization);

      const response = await app.api.as(owner).patch(users(organization, max.id), { email: null });

      expect(response).toBeProblem('conflict', { pointer: '/email' });
      expect((await app.api.as(owner).get(users(organization, max.id))).body.email).toBe(max.email);
      const reset = await app.api.as(owner).post(`${users(organization, max.id)}/password-reset`);
      expect([reset.status, reset.body]).toEqual([202, {}]);
      expect(await app.given.auditOf(organization)).not.toContain('user.updated');
    });

    it('to nothing that somebody else has', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization);
      const eve = { email: 'eve@acme.example', username: 'eve', phoneNumber: '+4930123456' };
      await app.given.user(organization, eve);
      const before = await app.given.snapshot(organization);
      const change = (body: object) => app.api.as(owner).patch(users(organization, max.id), body);

      expect(await change({ email: eve.email })).toBeProblem('email_taken');
      expect(await change({ username: 'EVE' })).toBeProblem('username_taken');
      expect(await change({ phoneNumber: eve.phoneNumber })).toBeProblem('phone_number_taken');
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([]);
    });

    it.each([['status'], ['roles'], ['emailVerified'], ['id'], ['version'], ['passwordHash']])(
      'but not in their %s',
      async (field) => {
        const { organization, owner } = await app.given.organization();
        const max = await app.given.user(organization);

        const response = await app.api.as(owner).patch(users(organization, max.id), { [field]: 'active' });

        expect(response).toBeProblem('invalid_request', { pointer: `/${field}` });
        expect(await app.given.auditOf(organization)).toEqual([]);
      },
    );

    it('to no more metadata than fit', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { metadata: { a: 'x'.repeat(9_000) } });
      const before = await app.given.snapshot(organization);

      const response = await app.api
        .as(owner)
        .patch(users(organization, max.id), { metadata: { b: 'x'.repeat(9_000) } });

      expect(response).toBeProblem('invalid_request', { pointer: '/metadata' });
      expect(await app.given.snapshot(organization)).toEqual(before);
    });
  });

  it('are deleted with everything they have', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { email: 'max@acme.example', roles: ['admin'] });
    const key = await app.given.apiKey(max);

    const response = await app.api.as(owner).delete(users(organization, max.email));

    expect([response.status, response.text]).toEqual([204, '']);
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.api.as(key).get(users(organization))).toBeProblem('unauthenticated');
    expect(await app.api.as(owner).get(users(organization, max.id))).toBeProblem('not_found');
    expect(await app.api.as(owner).delete(users(organization, max.id))).toBeProblem('not_found');
    const left = await app.sql(
      `select 1 from sessions where user_id = $1 union all select 1 from api_keys where user_id = $1
       union all select 1 from user_roles where user_id = $1`,
      [max.id],
    );
    expect(left).toEqual([]);
    const events = await app.given.auditEventsOf(organization);
    expect(events).toMatchObject([
      { action: 'user.deleted', target_id: max.id, change: { email: 'max@acme.example' } },
    ]);
  });

  it('need the permission that the route names', async () => {
    const { organization } = await app.given.organization();
    const reader = await app.given.user(organization, { permissions: ['users:read'] });
    const writer = await app.given.user(organization, { permissions: ['users:write'] });
    const max = await app.given.user(organization);

    expect((await app.api.as(reader).get(users(organization))).status).toBe(200);
    expect((await app.api.as(reader).get(users(organization, max.id))).status).toBe(200);
    expect(await app.api.as(writer).get(users(organization))).toBeProblem('permission_denied');
    expect(await app.api.as(max).get(users(organization, max.id))).toBeProblem('permission_denied');
    expect(await app.api.as(reader).post(users(organization), { username: 'eve' })).toBeProblem(
      'permission_denied',
    );
    expect(await app.api.as(reader).patch(users(organization, max.id), {})).toBeProblem('permission_denied');
    expect(await app.api.as(reader).delete(users(organization, max.id))).toBeProblem('permission_denied');
    expect(await app.api.as(reader).put(users(organization, max.id) + '/lock')).toBeProblem(
      'permission_denied',
    );
    expect((await app.api.as(writer).patch(users(organization, max.id), { fullName: 'Max' })).status).toBe(
      200,
    );
  });
});

function nested(depth: number): unknown {
  return JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));
}
