import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { type Mischief, Upstream } from './upstream.js';
import { attemptsOf, callbackOf, givenMax, givenProvider, Journey, outboundOpen } from './world.js';

let app: TestApp;
let upstream: Upstream;
let organization: TestOrganization;
let owner: TestUser;

beforeAll(async () => {
  app = await startApp({ env: outboundOpen });
  ({ organization, owner } = await app.given.organization({ registration: { mode: 'open' } }));
  upstream = await new Upstream().start([callbackOf(app, organization)]);
  await givenProvider(app, organization, owner, { issuer: upstream.issuer, displayName: 'Upstream & Sons' });
});
afterAll(async () => {
  await app?.stop();
  await upstream?.stop();
});
beforeEach(() => {
  upstream.mischief = {};
  upstream.person = 'max';
  givenMax(upstream);
});

const sessions = async () =>
  (await app.sql<{ count: number }>('select count(*)::int as count from tenantry.sessions'))[0]!.count;
const signInPage = () => `/o/${organization.slug}/sign-in`;

describe('Signing in by an OpenID Provider', () => {
  it('is offered on the page of signing in, and leads to the account', async () => {
    const journey = new Journey(app, organization);
    const page = await journey.walker.open(signInPage());
    expect(page.text).toContain('Continue with Upstream &amp; Sons');

    const done = await journey.go();

    expect(done.address).toBe(`/o/${organization.slug}/account`);
    expect(await journey.whoIsSignedIn()).toMatchObject({ email: 'max@upstream.example' });
    const [attempt] = await attemptsOf(app, organization, owner);
    expect(attempt).toMatchObject({ kind: 'sign-in', outcome: 'succeeded', failure: null });
    expect(attempt!.steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining([
        'departure',
        'callback',
        'token',
        'id_token',
        'user_info',
        'claims',
        'arrival',
      ]),
    );
  });

  it('sends state, nonce and PKCE of this sign-in alone', async () => {
    const journey = new Journey(app, organization);

    const [one, other] = [await journey.leave(), await journey.leave()].map(
      (text) => new URL(text).searchParams,
    );

    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one!.get(name)).toMatch(/^[\w-]{43}$/);
      expect(one!.get(name)).not.toBe(other!.get(name));
    }
    expect(one!.get('code_challenge_method')).toBe('S256');
    expect(one!.get('redirect_uri')).toBe(callbackOf(app, organization));
  });

  it('is the same person the next time, also with another address', async () => {
    const first = new Journey(app, organization);
    await first.go();
    const before = await first.whoIsSignedIn();
    givenMax(upstream, { email: 'changed@elsewhere.example' });

    const second = new Journey(app, organization);
    await second.go();

    expect((await second.whoIsSignedIn())!.id).toBe(before!.id);
  });

  it('counts an address as verified only if the provider says so', async () => {
    upstream.person = 'nina';
    upstream.claims.set('nina', { email: 'nina@upstream.example' });
    const response = await app.api
      .as(owner)
      .post(`/v1/organizations/${organization.slug}/providers/upstream/test`);
    const { startUrl, reference } = response.body as { startUrl: string; reference: string };
    const journey = new Journey(app, organization);

    await journey.go('upstream', `${new URL(startUrl).search}&go=yes`);

    const [attempt] = await attemptsOf(app, organization, owner);
    expect(attempt).toMatchObject({
      reference,
      result: { claims: { email: 'nina@upstream.example', emailVerified: false } },
    });
  });

  it('gives one session, however often the answer is brought at once', async () => {
    const journey = new Journey(app, organization);
    const address = await journey.through();
    const before = await sessions();

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => journey.walker.twin().send('GET', address)),
    );

    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(99);
    expect(await sessions()).toBe(before + 1);
    const [attempt] = await attemptsOf(app, organization, owner);
    expect(attempt!.outcome).toBe('succeeded');
  });
});

const evil: [name: string, code: string, mischief: Mischief][] = [
  [
    'names another issuer',
    'issuer_wrong',
    { idToken: (c, { sign }) => sign({ ...c, iss: 'https://evil.example' }) },
  ],
  ['repeats another nonce', 'nonce_wrong', { idToken: (c, { sign }) => sign({ ...c, nonce: 'another' }) }],
  ['repeats no nonce', 'nonce_missing', { idToken: ({ nonce: _nonce, ...c }, { sign }) => sign(c) }],
  [
    'means another client',
    'id_token_audience',
    { idToken: (c, { sign }) => sign({ ...c, aud: 'somebody else' }) },
  ],
  [
    'means another client, too',
    'id_token_audience',
    { idToken: (c, { sign }) => sign({ ...c, aud: [c.aud as string, 'somebody else'] }) },
  ],
  ['is not signed', 'id_token_unsigned', { idToken: (c, { unsigned }) => unsigned(c) }],
  [
    'is signed with the public key as a secret',
    'id_token_algorithm',
    { idToken: (c, { confused }) => confused(c) },
  ],
  ['is signed with a key of somebody else', 'id_token_signature', { idToken: (c, { forged }) => forged(c) }],
  ['has expired', 'id_token_expired', { idToken: (c, { sign }) => sign({ ...c, exp: c.iat! - 600 }) }],
  ['has no subject', 'subject_missing', { idToken: ({ sub: _sub, ...c }, { sign }) => sign(c) }],
  ['is not there', 'id_token_missing', { idToken: () => undefined }],
  ['is none', 'id_token_unreadable', { idToken: () => 'nonsense' }],
];

describe('Nobody is signed in, and the attempt says why, when the ID token', () => {
  it.each(evil)('%s', async (_name, code, mischief) => {
    upstream.mischief = mischief;
    const journey = new Journey(app, organization);
    const before = await sessions();

    const page = await journey.go();

    const [attempt] = await attemptsOf(app, organization, owner);
    expect([page.status, attempt!.failure?.code]).toEqual([502, code]);
    expect(page.text).toContain(attempt!.reference);
    expect(await journey.whoIsSignedIn()).toBeNull();
    expect(await sessions()).toBe(before);
    expect(attempt!.failure!.advice).not.toBe('');
  });
});

describe('Nobody is signed in, and the attempt says why, when the provider', () => {
  const refusals: [name: string, code: string, mischief: Mischief][] = [
    [
      'says that it is another one in the address',
      'issuer_wrong',
      { callback: (url) => url.searchParams.set('iss', 'https://evil.example') },
    ],
    [
      'leaves out who it is although it said it never does',
      'issuer_missing',
      { callback: (url) => url.searchParams.delete('iss') },
    ],
    [
      'speaks of somebody else in its user info',
      'subject_mismatch',
      { userInfo: (claims) => ({ ...claims, sub: 'somebody else' }) },
    ],
    [
      'sends a code twice',
      'upstream_unreadable',
      { callback: (url) => url.searchParams.append('code', 'another') },
    ],
    [
      'sends a code of its own making',
      'code_refused',
      { callback: (url) => url.searchParams.set('code', 'made up') },
    ],
    [
      'sends a page for people',
      'upstream_unreadable',
      { at: { '/token': (_request, response) => void response.end('<html>Welcome</html>') } },
    ],
  ];

  it.each(refusals)('%s', async (_name, code, mischief) => {
    upstream.mischief = mischief;
    const journey = new Journey(app, organization);

    const page = await journey.go();

    const [attempt] = await attemptsOf(app, organization, owner);
    expect([page.status, attempt!.failure?.code]).toEqual([502, code]);
    expect(await journey.whoIsSignedIn()).toBeNull();
  });

  it('declines, which is told in plain words in the language of the reader', async () => {
    const refuse = (url: URL) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
      url.searchParams.set('error_description', 'No <b>thanks</b>');
    };
    upstream.mischief = { callback: refuse };
    const journey = new Journey(app, organization, 'de');

    const page = await journey.go();

    expect(page.status).toBe(403);
    expect(page.text).toContain('Der Zugang wurde abgelehnt');
    expect(page.text).not.toContain('thanks');
    const [attempt] = await attemptsOf(app, organization, owner);
    expect(attempt!.failure!.code).toBe('upstream_denied');
    expect(attempt!.steps.at(-1)!.explanation).toContain('access_denied: No <b>thanks</b>');
  });
});

describe('The answer of a provider', () => {
  it('is taken in the browser that left only, and stays good there', async () => {
    const journey = new Journey(app, organization);
    const address = await journey.through();
    const stranger = new Journey(app, organization);
    await stranger.walker.open(signInPage());

    const refused = await stranger.walker.open(address);
    const withoutCookies = await new Journey(app, organization).walker.open(address);

    expect([refused.status, withoutCookies.status]).toEqual([410, 410]);
    expect(refused.text).toContain('another browser');
    expect(await stranger.whoIsSignedIn()).toBeNull();
    expect((await journey.walker.open(address)).address).toBe(`/o/${organization.slug}/account`);
  });

  it('is taken for ten minutes', async () => {
    const journey = new Journey(app, organization);
    const address = await journey.through();
    await app.sql(
      `update tenantry.provider_sign_ins set expires_at = expires_at - interval '10 minutes' where consumed_at is null`,
    );

    const page = await journey.walker.open(address);

    expect([page.status, await journey.whoIsSignedIn()]).toEqual([410, null]);
    expect((await attemptsOf(app, organization, owner))[0]!.failure!.code).toBe('state_expired');
  });

  it('is taken by the organization that it was meant for', async () => {
    const other = await app.given.organization({ name: 'Globex' });
    const journey = new Journey(app, organization);
    const address = await journey.through();

    const page = await journey.walker.open(
      address.replace(`/o/${organization.slug}/`, `/o/${other.organization.slug}/`),
    );

    expect(page.status).toBe(410);
  });

  it('is taken at the address of the provider that it left for', async () => {
    await givenProvider(app, organization, owner, { name: 'second', issuer: upstream.issuer });
    const journey = new Journey(app, organization);
    const address = await journey.through();

    const page = await journey.walker.open(
      address.replace('/providers/callback', '/providers/second/callback'),
    );

    expect(page.status).toBe(502);
    expect((await attemptsOf(app, organization, owner))[0]!.failure!.code).toBe('provider_mismatch');
  });

  it('is not taken once the provider was disabled', async () => {
    const { version } = await givenProvider(app, organization, owner, {
      name: 'third',
      issuer: upstream.issuer,
    });
    const journey = new Journey(app, organization);
    const address = await journey.through('third');
    expect(version).toBe(1);
    const path = `/v1/organizations/${organization.slug}/providers/third`;
    expect((await app.api.as(owner).patch(path, { isEnabled: false })).status).toBe(200);

    const page = await journey.walker.open(address);

    expect([page.status, await journey.whoIsSignedIn()]).toEqual([410, null]);
    expect((await journey.walker.open(`/o/${organization.slug}/providers/third/start`)).status).toBe(404);
  });

  it.each(['', '?state=', '?state=made-up&code=x', '?state=a&state=b', '?code=x'])(
    'is none: "%s"',
    async (query) => {
      const page = await new Journey(app, organization).walker.open(
        `/o/${organization.slug}/providers/callback${query}`,
      );

      expect(page.status).toBe(410);
    },
  );
});

describe('What an administrator reads of an attempt', () => {
  it('opens nothing and names nobody', async () => {
    const journey = new Journey(app, organization);
    await journey.go();

    const response = await app.api
      .as(owner)
      .get(`/v1/organizations/${organization.slug}/providers/upstream/attempts?limit=1`);

    const text = JSON.stringify(response.body);
    expect(text).not.toMatch(/max@|Max Upstream|eyJ/);
    const rows = await app.sql<{ everything: string }>(
      `select coalesce(string_agg(to_jsonb(s)::text || to_jsonb(a)::text, ''), '') as everything
         from tenantry.provider_sign_ins s join tenantry.provider_attempts a on a.id = s.attempt_id`,
    );
    expect(rows[0]!.everything).not.toMatch(/eyJ|code_verifier"|max@/);
  });
});

describe('A provider that says a lot, and odd things', () => {
  it('breaks nothing: what cannot be kept is not', async () => {
    upstream.person = 'odd';
    const many = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`group${index}`, 'x'.repeat(50)]),
    );
    upstream.claims.set('odd', {
      email: 'odd\u0000@upstream.example',
      name: 'Odd\u0000 \ud800 One',
      groups: many,
      acr: '\u0000',
      amr: ['pwd', '\u0000', 7],
    });
    const { body } = await app.api
      .as(owner)
      .post(`/v1/organizations/${organization.slug}/providers/upstream/test`);
    const { startUrl, reference } = body as { startUrl: string; reference: string };

    const tested = await new Journey(app, organization).go('upstream', `${new URL(startUrl).search}&go=yes`);
    const signedIn = await new Journey(app, organization).go();

    expect([tested.status, signedIn.status]).toEqual([200, 200]);
    const read = await app.api
      .as(owner)
      .get(`/v1/organizations/${organization.slug}/providers/upstream/attempts/${reference}`);
    expect(read.body).toMatchObject({
      result: { raw: null, claims: { email: null, name: 'Odd One' }, acr: null, amr: ['pwd'] },
    });
  });
});
