import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import {
  type ApiResponse,
  startApp,
  type TestApp,
  type TestOrganization,
  type TestUser,
} from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

const newPassword = 'seven grey herons at dawn';

interface Flow {
  readonly type: string;
  readonly path: string;
  /** What names the account in the bodies of both calls. */
  readonly field: 'email' | 'identifier';
  readonly more: Record<string, unknown>;
  readonly status: number;
}

const verification: Flow = {
  type: 'email_verification',
  path: 'email-verification',
  field: 'email',
  more: {},
  status: 204,
};
const reset: Flow = {
  type: 'password_reset',
  path: 'password-reset',
  field: 'identifier',
  more: { password: newPassword },
  status: 204,
};
const magic: Flow = { type: 'magic_link', path: 'magic-link', field: 'email', more: {}, status: 200 };
const flows = [verification, reset, magic].map((flow) => [flow.type, flow] as const);

function start(organization: TestOrganization, { path, field }: Flow, name: string): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/${path}`, { [field]: name });
}

function confirm(
  organization: TestOrganization,
  { path, field, more }: Flow,
  proof: { name: string; code: string } | { token: string },
  options: { api?: TestApp['api']; headers?: Record<string, string> } = {},
): Promise<ApiResponse> {
  const { api = app.api, headers = {} } = options;
  const body = 'token' in proof ? proof : { [field]: proof.name, code: proof.code };
  return api.post(
    `/v1/organizations/${organization.slug}/${path}/confirm`,
    { ...body, ...more },
    { headers },
  );
}

const codeIn = (text: string): string | null => /^\d{6,10}$/m.exec(text)?.[0] ?? null;

/** Another code of the same length. */
const otherThan = (code: string, by = 1): string =>
  String((Number(code) + by) % 10 ** code.length).padStart(code.length, '0');

function setCodes(
  organization: TestOrganization,
  owner: TestUser,
  type: string,
  codeLength: number | null,
): Promise<ApiResponse> {
  return app.api.as(owner).put(`/v1/organizations/${organization.slug}/verification-token-types/${type}`, {
    lifetimeSeconds: null,
    codeLength,
  });
}

/** Acme, which wants codes everywhere, and Max. */
async function givenMax(options: Parameters<TestApp['given']['user']>[1] = {}) {
  const { organization, owner } = await app.given.organization();
  for (const type of ['email_verification', 'password_reset', 'email_change', 'magic_link'])
    await setCodes(organization, owner, type, 6);
  await app.api.as(owner).put(`/v1/organizations/${organization.slug}/policies/sign-in`, { magicLink: true });
  const max = await app.given.user(organization, options);
  await app.mailbox.clear();
  await app.given.forgetAudit(organization);
  return { organization, owner, max };
}

async function mailOf(organization: TestOrganization, flow: Flow, { email }: { email: string }) {
  await start(organization, flow, email);
  const { text, html, token } = await app.mailbox.next(email);
  await app.given.forgetAudit(organization);
  return { text, html, token: token!, code: codeIn(text)! };
}

/** What the app says to PostgreSQL while it does that, without what is done in the background meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    const texts = (sent.mock.calls as unknown[][]).map(([query]) =>
      typeof query === 'string' ? query : (query as { text: string }).text,
    );
    return texts.filter((text) => !/graphile_worker|wake_due|signing_keys|record_use/.test(text));
  } finally {
    sent.mockRestore();
  }
}

const triesOf = async ({ id }: TestUser): Promise<number> => {
  const [row] = await app.sql<{ tries: number }>(
    'select code_tries as tries from verification_tokens where user_id = $1 order by created_at desc limit 1',
    [id],
  );
  return row!.tries;
};

describe('A mail with a code', () => {
  it.each(flows)('has the link and the code, and either does: %s', async (_, flow) => {
    const { organization, max } = await givenMax();

    const first = await mailOf(organization, flow, max);
    const byCode = await confirm(organization, flow, { name: max.email.toUpperCase(), code: first.code });
    const tokenAfter = await confirm(organization, flow, { token: first.token });

    expect(first.text).toContain('The code works once, for 10 minutes.');
    expect(first.html).toContain(`>${first.code}</p>`);
    expect(byCode.status).toBe(flow.status);
    expect(tokenAfter).toBeProblem('invalid_token');
    await app.sql('update users set email_verified_at = null where id = $1', [max.id]);

    const second = await mailOf(organization, flow, max);
    const byLink = await confirm(organization, flow, { token: second.token });
    const codeAfter = await confirm(organization, flow, { name: max.email, code: second.code });

    expect(byLink.status).toBe(flow.status);
    expect(codeAfter).toBeProblem('invalid_token');
  });

  it('is in the language of whoever reads it, with as many digits as the organization says', async () => {
    const { organization, owner, max } = await givenMax();
    await setCodes(organization, owner, 'magic_link', 9);
    await app.sql(`update user_profiles set locale = 'de' where user_id = $1`, [max.id]);

    const { text, code } = await mailOf(organization, magic, max);

    expect(code).toHaveLength(9);
    expect(text).toContain(`Oder geben Sie diesen Code dort ein, wo Sie danach gefragt werden:\n${code}\n`);
    expect(text).toContain('Der Code gilt einmal, 10 Minuten lang.');
  });

  it('is the welcome too, and the one that sets the first password', async () => {
    const { organization, owner } = await givenMax();
    const path = `/v1/organizations/${organization.slug}`;
    await app.api.as(owner).put(`${path}/policies/registration`, { mode: 'open' });

    const [nora, paul] = ['nora@acme.example', 'paul@acme.example'];
    await app.api.post(`${path}/sign-up`, { email: nora, password: newPassword });
    await app.api.as(owner).post(`${path}/users`, { email: paul });
    const welcome = await app.mailbox.next(nora);
    const first = await app.mailbox.next(paul);
    const answers = [
      await confirm(organization, verification, { name: nora, code: codeIn(welcome.text)! }),
      await confirm(organization, reset, { name: paul, code: codeIn(first.text)! }),
    ];

    expect(welcome.subject).toBe('Welcome to Acme');
    expect(first.subject).toBe('Set your password for Acme');
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect((await app.api.post(`${path}/sign-in`, { identifier: paul, password: newPassword })).status).toBe(
      200,
    );
  });

  it('is none where the organization wants none', async () => {
    const { organization, owner, max } = await givenMax();
    await setCodes(organization, owner, 'password_reset', null);

    const { text, html, code, token } = await mailOf(organization, reset, max);

    expect(code).toBeNull();
    expect(text + html!).not.toMatch(/code/i);
    expect((await confirm(organization, reset, { token })).status).toBe(204);
  });

  it('leaves the code nowhere in the clear', async () => {
    const { organization, owner, max } = await givenMax();
    await setCodes(organization, owner, 'magic_link', 10);

    const { code } = await mailOf(organization, magic, max);
    await confirm(organization, magic, { name: max.email, code: otherThan(code) });
    await confirm(organization, magic, { name: max.email, code });

    const tables = await app.sql<{ name: string }>(
      `select relname as name from pg_class
        where relnamespace = 'tenantry'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    for (const { name } of tables) {
      const [row] = await app.sql(`select string_agg(t::text, ' ') as content from ${name} t`);
      expect({ [name]: (row.content ?? '').includes(code) }).toEqual({ [name]: false });
    }
    expect(app.logs.join('')).not.toContain(code);
  });

  it('carries another one when it is sent again, and both count one number of tries', async () => {
    const { organization, max } = await givenMax();
    app.mailbox.behaves({ at: 'data', drops: true });
    await start(organization, reset, max.email);
    const lost = await app.mailbox.next(max.email);
    await app.sql(`update mails set due_at = now() where state = 'failed'`);
    const again = await app.mailbox.next(max.email);
    const [first, second] = [codeIn(lost.text)!, codeIn(again.text)!];

    const wrong = await confirm(organization, reset, { name: max.email, code: otherThan(first) });
    const right = await confirm(organization, reset, { name: max.email, code: first });
    const other = await confirm(organization, reset, { name: max.email, code: second });
    const link = await confirm(organization, reset, { token: again.token! });

    expect(wrong).toBeProblem('invalid_token');
    expect(right.status).toBe(204);
    expect(other).toBeProblem('invalid_token');
    expect(link).toBeProblem('invalid_token');
  });
});

describe('The right code', () => {
  it('verifies the address, on the record', async () => {
    const { organization, max } = await givenMax();
    const { code } = await mailOf(organization, verification, max);

    await confirm(organization, verification, { name: max.email, code });

    expect((await app.api.as(max).get('/v1/me')).body.emailVerified).toBe(true);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email.verified', outcome: 'done', actor_type: 'anonymous', target_id: max.id },
    ]);
  });

  it('sets a password by the user name as well, ends sessions, and survives a password that is too weak', async () => {
    const { organization, max } = await givenMax({ username: 'max' });
    const { code } = await mailOf(organization, reset, max);

    const weak = await confirm(
      organization,
      { ...reset, more: { password: 'short' } },
      { name: 'max', code },
    );
    const response = await confirm(organization, reset, { name: 'MAX', code });

    expect(weak).toBeProblem('weak_password');
    expect(response.status).toBe(204);
    expect((await app.api.as(max).get('/v1/me')).status).toBe(401);
    expect(await app.given.auditOf(organization)).toEqual(['password.reset']);
  });

  it('signs in, and sets cookies for a browser that asks and for no other site', async () => {
    const { organization, max } = await givenMax();
    const { code } = await mailOf(organization, magic, max);
    const inBrowser = { ...magic, more: { cookie: true } };
    const proof = { name: max.email, code };

    const elsewhere = await confirm(organization, inBrowser, proof, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    const response = await confirm(organization, inBrowser, proof);

    expect(elsewhere).toBeProblem('cross_site_request');
    expect(response.body).toMatchObject({ session: { methods: ['email'] }, user: { id: max.id } });
    expect(response.cookies).toHaveLength(2);
  });

  it('does nothing more where the organization has switched signing in by mail off', async () => {
    const { organization, owner, max } = await givenMax();
    const { code } = await mailOf(organization, magic, max);
    const policy = `/v1/organizations/${organization.slug}/policies/sign-in`;
    await app.api.as(owner).put(policy, { magicLink: false });

    expect(await confirm(organization, magic, { name: max.email, code })).toBeProblem('invalid_token');
  });

  it.each(flows)('works once of fourteen times at once: %s', async (_, flow) => {
    const { organization, max } = await givenMax();
    const { code } = await mailOf(organization, flow, max);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const answers = await Promise.all(
      // More of them in one day are not judged.
      Array.from({ length: 14 }, () => confirm(organization, flow, { name: max.email, code })),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([flow.status, ...Array<number>(13).fill(422)].sort());
    if (flow === reset) expect(app.get(PasswordHasher).hashesRun - hashesBefore).toBe(1);
  });

  it('is right on a server that has newer keys, too', async () => {
    const { organization, max } = await givenMax();
    const { code } = await mailOf(organization, verification, max);
    const key = (name: string) =>
      `${name}:${Buffer.alloc(32, name === 'k1' ? 'encryption' : name).toString('base64')}`;
    const newer = await startApp({ beside: app, env: { ENCRYPTION_KEYS: `${key('k2')},${key('k1')}` } });
    try {
      const proof = { name: max.email, code };

      expect((await confirm(organization, verification, proof, { api: newer.api })).status).toBe(204);
    } finally {
      await newer.stop();
    }
  });
});

describe('A code that is no good', () => {
  it.each(flows)('gets one answer and the same work, whatever is wrong with it: %s', async (_, flow) => {
    const { organization, owner, max } = await givenMax();
    const names = ['used', 'expired', 'replaced', 'tried', 'locked'] as const;
    const users = Object.fromEntries(
      await Promise.all(
        names.map(async (name) => [
          name,
          await app.given.user(organization, { email: `${name}@acme.example` }),
        ]),
      ),
    ) as Record<(typeof names)[number], TestUser>;
    await app.mailbox.clear();
    const { organization: globex, max: gina } = await givenMax({ email: 'gina@globex.example' });
    const codes: Record<string, string> = {};
    codes['expired'] = (await mailOf(organization, flow, users.expired)).code;
    await app.given.timePasses(organization, '11 minutes');
    codes['used'] = (await mailOf(organization, flow, users.used)).code;
    await confirm(organization, flow, { name: users.used.email, code: codes['used'] });
    codes['replaced'] = (await mailOf(organization, flow, users.replaced)).code;
    const { code: successor } = await mailOf(organization, flow, users.replaced);
    if (successor === codes['replaced']) codes['replaced'] = otherThan(successor);
    codes['tried'] = (await mailOf(organization, flow, users.tried)).code;
    for (let count = 1; count <= 5; count += 1)
      await confirm(organization, flow, { name: users.tried.email, code: otherThan(codes['tried'], count) });
    codes['locked'] = (await mailOf(organization, flow, users.locked)).code;
    await app.api.as(owner).put(`/v1/organizations/${organization.slug}/users/${users.locked.id}/lock`);
    const foreign = (await mailOf(globex, flow, gina)).code;
    const wrong = otherThan((await mailOf(organization, flow, max)).code);
    const guesses = [
      { name: max.email, code: wrong },
      ...names
        .filter((name) => name !== 'tried')
        .map((name) => ({ name: users[name].email, code: codes[name]! })),
      { name: gina.email, code: foreign },
      { name: 'nobody@acme.example', code: wrong },
    ];
    await app.sql('delete from attempt_counters');
    await confirm(organization, flow, { name: 'warm-up@acme.example', code: wrong });

    const seen = [];
    for (const guess of guesses) {
      let answer!: ApiResponse;
      const statements = await statementsOf(async () => {
        answer = await confirm(organization, flow, guess);
      });
      expect(answer).toBeProblem('invalid_token');
      const { 'x-request-id': _id, date: _date, ...headers } = answer.headers;
      seen.push({ statements, body: { ...answer.body, instance: null }, headers });
    }

    for (const one of seen) expect(one).toEqual(seen[0]);
    const after = await confirm(organization, flow, { name: users.tried.email, code: codes['tried'] });
    expect(after).toBeProblem('invalid_token');
    expect((await confirm(globex, flow, { name: gina.email, code: foreign })).status).toBe(flow.status);
  });

  it('is counted and recorded, and changes nothing else', async () => {
    const { organization, max } = await givenMax();
    const { code } = await mailOf(organization, reset, max);
    const { verification_tokens: _, ...before } = await app.given.snapshot(organization);

    await confirm(organization, reset, { name: max.email, code: otherThan(code) });
    await confirm(organization, reset, { name: 'nobody@acme.example', code });

    const { verification_tokens: __, ...after } = await app.given.snapshot(organization);
    expect(after).toEqual(before);
    expect(await triesOf(max)).toBe(1);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'password_reset.refused',
        outcome: 'refused',
        actor_type: 'anonymous',
        target_id: max.id,
        change: { reason: 'wrong_code' },
      },
      { action: 'password_reset.refused', outcome: 'refused', target_id: null },
    ]);
  });

  it.each(flows)(
    'can be tried five times, with the right one among a hundred at once: %s',
    async (_, flow) => {
      const { organization, max } = await givenMax();
      const { code, token } = await mailOf(organization, flow, max);

      const answers = await Promise.all(
        Array.from({ length: 100 }, (__, index) =>
          confirm(organization, flow, {
            name: max.email,
            code: index === 50 ? code : otherThan(code, index + 1),
          }),
        ),
      );

      const right = answers.filter(({ status }) => status === flow.status).length;
      expect(right).toBeLessThanOrEqual(1);
      expect(answers.filter(({ status }) => status === 422)).toHaveLength(100 - right);
      expect(await triesOf(max)).toBeLessThanOrEqual(5);
      if (right === 0) expect((await confirm(organization, flow, { token })).status).toBe(flow.status);
    },
  );

  it('among the first five leaves the right one right', async () => {
    const { organization, max } = await givenMax();
    const { code } = await mailOf(organization, magic, max);
    const guesses = [1, 2, 0, 3, 4].map((by) => otherThan(code, by));

    const answers = await Promise.all(
      guesses.map((guess) => confirm(organization, magic, { name: max.email, code: guess })),
    );

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 200, 422, 422]);
  });

  it('ends codes for a day after fifteen under one name, and no links', async () => {
    const { organization, max } = await givenMax();
    for (let round = 0; round < 3; round += 1) {
      const { code } = await mailOf(organization, reset, max);
      for (let by = 1; by <= 5; by += 1)
        await confirm(organization, reset, { name: max.email, code: otherThan(code, by) });
    }
    await app.given.timePasses(organization, '11 minutes');
    const { code, token } = await mailOf(organization, reset, max);

    const byCode = await confirm(organization, reset, { name: max.email, code });

    expect(byCode).toBeProblem('invalid_token');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password_reset.refused', target_id: max.id, change: { reason: 'too_many_codes' } },
    ]);
    expect((await confirm(organization, reset, { token })).status).toBe(204);
    await app.given.timePasses(organization, '1 day');
    const next = await mailOf(organization, reset, max);
    expect((await confirm(organization, reset, { name: max.email, code: next.code })).status).toBe(204);
  });
});

describe('Both calls of a confirmation', () => {
  it.each([
    ['neither', {}],
    ['both', { token: 'ten_ver_x', email: 'max@acme.example', code: '123456' }],
    ['a token and a code', { token: 'ten_ver_x', code: '123456' }],
    ['a token and an address', { token: 'ten_ver_x', email: 'max@acme.example' }],
    ['a code of nobody', { code: '123456' }],
    ['an address without a code', { email: 'max@acme.example' }],
    ['a short code', { email: 'max@acme.example', code: '12345' }],
    ['a long code', { email: 'max@acme.example', code: '12345678901' }],
    ['a code with letters', { email: 'max@acme.example', code: '12345a' }],
    ['a number', { email: 'max@acme.example', code: 123456 }],
    ['other digits', { email: 'max@acme.example', code: '١٢٣٤٥٦' }],
    ['no address', { email: 'max', code: '123456' }],
  ])('refuse %s', async (_, body) => {
    const { organization } = await givenMax();
    const before = await app.given.snapshot(organization);
    const path = `/v1/organizations/${organization.slug}`;

    const { email: identifier, ...rest } = body as { email?: string };
    const answers = [
      await app.api.post(`${path}/email-verification/confirm`, body),
      await app.api.post(`${path}/magic-link/confirm`, body),
      ...(identifier === 'max'
        ? []
        : [
            await app.api.post(`${path}/password-reset/confirm`, {
              ...rest,
              ...(identifier !== undefined && { identifier }),
              password: newPassword,
            }),
          ]),
    ];

    for (const answer of answers) expect(answer).toBeProblem('invalid_request');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('know no organization that is not there', async () => {
    const nowhere = { slug: 'nowhere' } as TestOrganization;

    for (const [, flow] of flows)
      expect(await confirm(nowhere, flow, { name: 'max@acme.example', code: '123456' })).toBeProblem(
        'not_found',
      );
  });
});

describe('A network address', () => {
  it('guesses codes and passwords on one counter, which the right code does not use', async () => {
    const limited = await startApp({
      beside: app,
      env: { TRUSTED_PROXIES: '127.0.0.1', LIMIT_FAILURES_PER_ADDRESS: '3' },
    });
    try {
      const { organization, max } = await givenMax();
      const { code } = await mailOf(organization, verification, max);
      const from = (ip: string) => ({ api: limited.api, headers: { 'x-forwarded-for': ip } });
      const guess = (name: string, ip = '203.0.113.7') =>
        confirm(organization, verification, { name, code: otherThan(code) }, from(ip));

      await limited.api.post(
        `/v1/organizations/${organization.slug}/sign-in`,
        { identifier: 'nobody', password: 'not the password' },
        { headers: { 'x-forwarded-for': '203.0.113.7' } },
      );
      const right = await confirm(organization, verification, { name: max.email, code }, from('203.0.113.7'));
      const wrong = [
        await guess('a@acme.example'),
        await guess('b@acme.example'),
        await guess('c@acme.example'),
      ];
      const elsewhere = await guess('c@acme.example', '203.0.113.8');

      expect(right.status).toBe(204);
      expect(wrong.map(({ status }) => status)).toEqual([422, 422, 429]);
      expect(wrong[2]!.headers['retry-after']).toMatch(/^\d+$/);
      expect(elsewhere).toBeProblem('invalid_token');
    } finally {
      await limited.stop();
    }
  });
});
