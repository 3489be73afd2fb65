import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import { type ApiResponse, startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

function signIn(
  organization: { slug: string },
  credentials: { identifier: string; password: string; cookie?: boolean; device?: boolean },
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/sign-in`, credentials, { headers });
}

const wrong = 'not the password of anybody';

/** What a stranger can tell from an answer. */
function told({ status, headers, body }: ApiResponse) {
  const { instance: _, ...problem } = body as { instance: string };
  return { status, problem, headers: Object.keys(headers).sort(), length: headers['content-length'] };
}

async function sessionsOf(organization: TestOrganization): Promise<number> {
  const [row] = await app.sql('select count(*)::int as count from tenantry.sessions where org_id = $1', [
    organization.id,
  ]);
  return row.count as number;
}

describe('Signing in', () => {
  it('gives a session that works at once', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { username: 'max', fullName: 'Max Member' });

    const response = await signIn(organization, { identifier: max.email, password: max.password });

    expect(response.status).toBe(200);
    expect(response.body.user).toEqual({
      id: max.id,
      email: max.email,
      emailVerified: false,
      username: 'max',
      fullName: 'Max Member',
    });
    expect(response.body.session).toMatchObject({ methods: ['pwd'], current: true, ip: '127.0.0.1' });
    expect(response.body).not.toHaveProperty('deviceToken');
    expect(response.cookies).toEqual([]);
    const me = await app.api.as(response.body.token as string).get('/v1/me');
    expect(me.body).toMatchObject({ id: max.id });
    expect(me.body.lastLoginAt).not.toBeNull();
    const events = await app.given.auditEventsOf(organization);
    expect(events).toMatchObject([
      {
        action: 'session.created',
        outcome: 'done',
        actor_type: 'anonymous',
        target_type: 'session',
        target_id: response.body.session.id,
        change: { user: max.id },
      },
    ]);
  });

  it('takes the e-mail address and the user name, in any spelling', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { email: 'max@xn--bcher-kva.example', username: 'max.m' });

    for (const identifier of ['MAX@XN--BCHER-KVA.example', 'max@bücher.example', 'Max.M', 'max.m']) {
      const response = await signIn(organization, { identifier, password: max.password });
      expect(response.body.user?.id).toBe(max.id);
    }
  });

  it('takes the id of the organization as well as its slug', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const response = await signIn(
      { slug: organization.id },
      { identifier: max.email, password: max.password },
    );

    expect(response.status).toBe(200);
  });

  it('is of one organization: the same address elsewhere is somebody else', async () => {
    const { organization: acme } = await app.given.organization();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const max = await app.given.user(acme, { email: 'max@both.example' });

    const response = await signIn(globex, { identifier: max.email, password: max.password });

    expect(response).toBeProblem('invalid_credentials');
    expect(await sessionsOf(globex)).toBe(1);
  });

  it('needs an organization that exists and is active', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const credentials = { identifier: max.email, password: max.password };
    await app.sql(`update tenantry.organizations set status = 'suspended' where id = $1`, [organization.id]);
    const before = app.get(PasswordHasher).hashesRun;

    const suspended = await signIn(organization, credentials);
    const unknown = await signIn({ slug: 'nobody-has-this-one' }, credentials);

    expect(suspended).toBeProblem('not_found');
    expect(unknown).toBeProblem('not_found');
    expect(told(suspended)).toEqual(told(unknown));
    expect(app.get(PasswordHasher).hashesRun).toBe(before);
  });

  it('shows no difference between the ways in which it fails, and does the same work', async () => {
    const { organization, owner } = await app.given.organization();
    const hasher = app.get(PasswordHasher);
    const people = {
      wrong: await app.given.user(organization),
      locked: await app.given.user(organization, { status: 'locked' }),
      deactivated: await app.given.user(organization, { status: 'deactivated' }),
      initializing: await app.given.user(organization, { status: 'initializing' }),
    };
    const waiting = await app.given.user(organization, { status: 'initializing' });
    await app.sql('update tenantry.users set password_hash = null where org_id = $1 and id = $2', [
      organization.id,
      waiting.id,
    ]);
    const attempts: [string | null, string, string, string][] = [
      [people.wrong.id, people.wrong.email, wrong, 'wrong_password'],
      [null, 'nobody@acme.example', owner.password, 'unknown_user'],
      [null, 'nobody', owner.password, 'unknown_user'],
      [null, 'neither address nor name!', owner.password, 'unknown_user'],
      [people.locked.id, people.locked.email, owner.password, 'locked'],
      [people.deactivated.id, people.deactivated.email, owner.password, 'deactivated'],
      [people.initializing.id, people.initializing.email, owner.password, 'initializing'],
      [waiting.id, waiting.email, owner.password, 'no_password'],
    ];
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const answers: ApiResponse[] = [];
    for (const [, identifier, password] of attempts) {
      const hashesBefore = hasher.hashesRun;
      answers.push(await signIn(organization, { identifier, password }));
      expect(hasher.hashesRun - hashesBefore).toBe(1);
    }

    expect(answers[0]).toBeProblem('invalid_credentials');
    for (const answer of answers) expect(told(answer)).toEqual(told(answers[0]!));
    expect(await app.given.snapshot(organization)).toEqual(before);
    const events = await app.given.auditEventsOf(organization);
    expect(events.map(({ target_id, change }) => [target_id, change['reason']])).toEqual(
      attempts.map(([id, , , reason]) => [id, reason]),
    );
    expect(new Set(events.map((event) => `${event.action} ${event.outcome} ${event.actor_type}`))).toEqual(
      new Set(['session.refused refused anonymous']),
    );
  });

  it('writes neither passwords nor what was typed as a name into the record or the log', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const response = await signIn(organization, { identifier: max.email, password: max.password });
    await signIn(organization, { identifier: 'A password typed into the wrong field', password: wrong });

    const record = JSON.stringify(await app.given.auditEventsOf(organization)) + app.logs.join('\n');
    for (const secret of [max.password, wrong, 'typed into the wrong field', response.body.token as string])
      expect(record).not.toContain(secret);
  });

  it('waits for the verification of the address where the organization asks for it', async () => {
    const { organization } = await app.given.organization();
    await app.sql(`insert into tenantry.policies (org_id, kind, document) values ($1, 'registration', $2)`, [
      organization.id,
      { emailVerification: 'required' },
    ]);
    const max = await app.given.user(organization);
    const vera = await app.given.user(organization, { emailVerifiedAt: new Date() });
    const before = await sessionsOf(organization);

    const unverified = await signIn(organization, { identifier: max.email, password: max.password });
    const stranger = await signIn(organization, { identifier: max.email, password: wrong });
    const verified = await signIn(organization, { identifier: vera.email, password: vera.password });

    expect(unverified).toBeProblem('email_unverified');
    expect(stranger).toBeProblem('invalid_credentials');
    expect(verified.status).toBe(200);
    expect(await sessionsOf(organization)).toBe(before + 1);
    const events = await app.given.auditEventsOf(organization);
    expect(events.map(({ change }) => change['reason'])).toEqual([
      'email_unverified',
      'wrong_password',
      undefined,
    ]);
  });

  it('gives sessions the lifetimes of the organization', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.sql(`insert into tenantry.policies (org_id, kind, document) values ($1, 'session', $2)`, [
      organization.id,
      { idleSeconds: 600, absoluteSeconds: 7200 },
    ]);

    const { body } = await signIn(organization, { identifier: max.email, password: max.password });

    const lifetime =
      Date.parse(body.session.expiresAt as string) - Date.parse(body.session.createdAt as string);
    expect(lifetime).toBe(600_000);
    await app.given.timePasses(organization, '11 minutes');
    const late = await app.api.as(body.token as string).get('/v1/me');
    expect(late).toBeProblem('unauthenticated');
  });

  it('leaves nobody with a session who signs in at the very moment of being locked', async () => {
    const { organization, owner } = await app.given.organization();
    const people = await Promise.all(Array.from({ length: 12 }, () => app.given.user(organization)));

    const outcomes = await Promise.all(
      people.map(async ({ id, email, password }) => {
        const [signedIn, locked] = await Promise.all([
          signIn(organization, { identifier: email, password }),
          app.api.as(owner).put(`/v1/organizations/${organization.slug}/users/${id}/lock`),
        ]);
        return { signedIn, locked };
      }),
    );

    expect(outcomes.map(({ locked }) => locked.status)).toEqual(Array<number>(12).fill(200));
    for (const { signedIn } of outcomes.filter(({ signedIn: { status } }) => status === 200)) {
      expect(await app.api.as(signedIn.body.token as string).get('/v1/session')).toBeProblem(
        'unauthenticated',
      );
    }
  });
});

describe('Browsers', () => {
  it('get the session as a cookie that scripts and other sites do not reach', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const response = await signIn(organization, {
      identifier: max.email,
      password: max.password,
      cookie: true,
    });

    const [session = '', device = ''] = response.cookies;
    expect(session).toContain(`tenantry-session-${organization.slug}=${response.body.token as string};`);
    expect(device).toMatch(new RegExp(`^tenantry-device-${organization.slug}=ten_dev_`));
    for (const cookie of [session, device]) {
      expect(cookie).toContain('HttpOnly');
      expect(cookie).toContain('SameSite=Lax');
      expect(cookie).toContain('Path=/');
      expect(cookie).not.toContain('Domain');
      expect(cookie).toContain('Expires=');
    }
    const end = Date.parse(/Expires=([^;]+)/.exec(session)![1]!);
    expect(Math.round((end - Date.now()) / 86_400_000)).toBe(30);
    expect(response.body).not.toHaveProperty('deviceToken');
    const me = await app.api.get('/v1/me', { headers: { cookie: session.split(';')[0]! } });
    expect(me.body.id).toBe(max.id);
  });

  it('are not signed in by another site', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const credentials = { identifier: max.email, password: max.password, cookie: true };
    const before = await app.given.snapshot(organization);

    const byOrigin = await signIn(organization, credentials, { origin: 'https://evil.example' });
    const byFetchMetadata = await signIn(organization, credentials, { 'sec-fetch-site': 'cross-site' });

    expect(byOrigin).toBeProblem('cross_site_request');
    expect(byFetchMetadata).toBeProblem('cross_site_request');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('stay the same device when they sign in again', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const credentials = { identifier: max.email, password: max.password, cookie: true };

    const first = await signIn(organization, credentials);
    const device = first.cookies[1]!.split(';')[0]!;
    const second = await signIn({ slug: organization.id }, credentials, { cookie: device });

    expect(second.cookies[1]!.split(';')[0]).toBe(device);
    const devices = await app.sql('select 1 from tenantry.known_devices where org_id = $1', [
      organization.id,
    ]);
    expect(devices).toHaveLength(1);
  });
});

describe('Devices of one user', () => {
  it('are remembered up to a number', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    for (let count = 0; count < 22; count += 1) {
      const response = await signIn(organization, {
        identifier: max.email,
        password: max.password,
        device: true,
      });
      expect(response.body.deviceToken).toMatch(/^ten_dev_/);
    }

    const devices = await app.sql('select token_hash from tenantry.known_devices where org_id = $1', [
      organization.id,
    ]);
    expect(devices).toHaveLength(20);
    expect(devices[0].token_hash).toHaveLength(32);
  });
});
