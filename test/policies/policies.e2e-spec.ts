import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() =>
  app.sql(`delete from tenantry.policies using tenantry.organizations where is_platform and id = org_id`),
);
afterAll(() => app.stop());

type Kind = 'registration' | 'password' | 'session' | 'sign-in' | 'tokens' | 'signing-keys';
const kinds: Kind[] = ['registration', 'password', 'session', 'sign-in', 'tokens', 'signing-keys'];

const pathOf = (organization: { slug: string }, kind: Kind) =>
  `/v1/organizations/${organization.slug}/policies/${kind}`;

async function policiesChangedIn(organization: TestOrganization) {
  const events = await app.given.auditEventsOf(organization);
  return events.map(({ action, outcome, actor_type, target_id, change }) => ({
    action,
    outcome,
    actor: actor_type,
    target: target_id,
    change,
  }));
}

describe('reading a policy', () => {
  it('shows each value with its source', async () => {
    const { organization, owner } = await app.given.organization();

    const registration = await app.api.as(owner).get(pathOf(organization, 'registration'));
    const password = await app.api.as(owner).get(pathOf(organization, 'password'));
    const session = await app.api.as(owner).get(pathOf(organization, 'session'));
    const signIn = await app.api.as(owner).get(pathOf(organization, 'sign-in'));
    const tokens = await app.api.as(owner).get(pathOf(organization, 'tokens'));
    const signingKeys = await app.api.as(owner).get(pathOf(organization, 'signing-keys'));

    expect(registration.body).toEqual({
      kind: 'registration',
      mode: { value: 'closed', source: 'default' },
      domains: { value: [], source: 'default' },
      emailVerification: { value: 'optional', source: 'default' },
      firstUserRole: { value: null, source: 'default' },
      defaultRole: { value: 'member', source: 'default' },
    });
    expect(password.body).toEqual({
      kind: 'password',
      minLength: { value: 15, source: 'default' },
      blockedWords: { value: [], source: 'default' },
      reset: { value: 'self-service', source: 'default' },
    });
    expect(signIn.body).toEqual({
      kind: 'sign-in',
      magicLink: { value: false, source: 'default' },
      identifierFirst: { value: false, source: 'default' },
    });
    expect(tokens.body).toEqual({
      kind: 'tokens',
      opaqueAccessTokenSeconds: { value: 3_600, source: 'default' },
      jwtAccessTokenSeconds: { value: 300, source: 'default' },
      idTokenSeconds: { value: 300, source: 'default' },
      refreshIdleSeconds: { value: 1_209_600, source: 'default' },
      refreshAbsoluteSeconds: { value: 2_592_000, source: 'default' },
    });
    expect(signingKeys.body).toEqual({
      kind: 'signing-keys',
      rotationDays: { value: 90, source: 'default' },
    });
    expect(session.body).toEqual({
      kind: 'session',
      idleSeconds: { value: 604_800, source: 'default' },
      absoluteSeconds: { value: 2_592_000, source: 'default' },
      recentAuthenticationSeconds: { value: 600, source: 'default' },
    });
  });

  it('asks for the permission', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    const reader = await app.given.user(organization, { permissions: ['policies:read'] });

    for (const kind of kinds) {
      expect(await app.api.as(max).get(pathOf(organization, kind))).toBeProblem('permission_denied');
      expect((await app.api.as(reader).get(pathOf(organization, kind))).status).toBe(200);
    }
  });

  it('knows no other kind', async () => {
    const { organization, owner } = await app.given.organization();

    for (const kind of ['mfa', 'Registration', 'registration%20', '__proto__'])
      expect(await app.api.as(owner).get(pathOf(organization, kind as Kind))).toBeProblem('not_found');
  });
});

describe('changing a policy', () => {
  it('sets the named keys, gives null back, and leaves the rest', async () => {
    const { organization, owner } = await app.given.organization();
    const path = pathOf(organization, 'registration');
    await app.api.as(owner).put(path, { mode: 'open', emailVerification: 'required' });

    const response = await app.api
      .as(owner)
      .put(path, { mode: null, domains: ['ACME.example', 'Bücher.example'], firstUserRole: 'owner' });

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      kind: 'registration',
      mode: { value: 'closed', source: 'default' },
      domains: { value: ['acme.example', 'xn--bcher-kva.example'], source: 'organization' },
      emailVerification: { value: 'required', source: 'organization' },
      firstUserRole: { value: 'owner', source: 'organization' },
      defaultRole: { value: 'member', source: 'default' },
    });
    expect((await app.api.as(owner).get(path)).body).toEqual(response.body);
    expect(await policiesChangedIn(organization)).toEqual([
      {
        action: 'policy.changed',
        outcome: 'done',
        actor: 'user',
        target: 'registration',
        change: { before: {}, after: { mode: 'open', emailVerification: 'required' } },
      },
      {
        action: 'policy.changed',
        outcome: 'done',
        actor: 'user',
        target: 'registration',
        change: {
          before: { mode: 'open' },
          after: { domains: ['acme.example', 'xn--bcher-kva.example'], firstUserRole: 'owner' },
        },
      },
    ]);
  });

  it('writes and records nothing where nothing changes', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(pathOf(organization, 'password'), { minLength: 20 });
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    for (const body of [{}, { minLength: 20 }, { blockedWords: null }])
      expect((await app.api.as(owner).put(pathOf(organization, 'password'), body)).status).toBe(200);

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it.each<[Kind, Record<string, unknown>, string]>([
    ['registration', { mode: 'ajar' }, '/mode'],
    ['registration', { domains: 'acme.example' }, '/domains'],
    ['registration', { domains: ['acme.example', 'a@acme.example'] }, '/domains'],
    ['registration', { domains: ['acme.example', '-acme.example'] }, '/domains/1'],
    ['registration', { emailVerification: true }, '/emailVerification'],
    ['registration', { firstUserRole: 'member' }, '/firstUserRole'],
    ['registration', { defaultRole: '' }, '/defaultRole'],
    ['registration', { minLength: 15 }, '/minLength'],
    ['password', { minLength: 7 }, '/minLength'],
    ['password', { minLength: 65 }, '/minLength'],
    ['password', { minLength: 15.5 }, '/minLength'],
    ['password', { minLength: '15' }, '/minLength'],
    ['password', { reset: 'nobody' }, '/reset'],
    ['sign-in', { magicLink: 'yes' }, '/magicLink'],
    ['sign-in', { identifierFirst: 1 }, '/identifierFirst'],
    ['password', { blockedWords: ['ab'] }, '/blockedWords'],
    ['password', { blockedWords: ['half \ud800 pair'] }, '/blockedWords'],
    ['password', { blockedWords: ['   \u00a0  '] }, '/blockedWords'],
    ['session', { idleSeconds: 59 }, '/idleSeconds'],
    ['session', { absoluteSeconds: 2_592_001 }, '/absoluteSeconds'],
    ['session', { idleSeconds: true }, '/idleSeconds'],
    ['session', { recentAuthenticationSeconds: 1_801 }, '/recentAuthenticationSeconds'],
    ['session', { constructor: 1 }, ''],
    ['tokens', { opaqueAccessTokenSeconds: 86_401 }, '/opaqueAccessTokenSeconds'],
    ['tokens', { jwtAccessTokenSeconds: 3_601 }, '/jwtAccessTokenSeconds'],
    ['tokens', { idTokenSeconds: 59 }, '/idTokenSeconds'],
    ['signing-keys', { rotationDays: 6 }, '/rotationDays'],
    ['signing-keys', { rotationDays: 181 }, '/rotationDays'],
    ['tokens', { refreshIdleSeconds: 7_776_001 }, '/refreshIdleSeconds'],
    ['tokens', { refreshAbsoluteSeconds: 7_776_001 }, '/refreshAbsoluteSeconds'],
    ['tokens', { refreshAbsoluteSeconds: '60' }, '/refreshAbsoluteSeconds'],
  ])('refuses for %s %j', async (kind, body, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).put(pathOf(organization, kind), body);

    expect(response).toBeProblem('invalid_request', { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('takes up to a hundred domains', async () => {
    const { organization, owner } = await app.given.organization();
    const path = pathOf(organization, 'registration');
    const domains = Array.from({ length: 101 }, (_, index) => `acme-${index}.example`);

    expect(await app.api.as(owner).put(path, { domains })).toBeProblem('invalid_request', {
      pointer: '/domains',
    });
    expect((await app.api.as(owner).put(path, { domains: domains.slice(1) })).status).toBe(200);
  });

  it('refuses sessions whose times contradict each other', async () => {
    const { organization, owner } = await app.given.organization();
    const path = pathOf(organization, 'session');
    await app.api.as(owner).put(path, { idleSeconds: 3_600, absoluteSeconds: 7_200 });
    const before = await app.given.snapshot(organization);

    for (const body of [{ idleSeconds: 7_201 }, { absoluteSeconds: 3_599 }, { idleSeconds: null }])
      expect(await app.api.as(owner).put(path, body)).toBeProblem('policy_contradiction', {
        pointer: '/idleSeconds',
      });

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect((await app.api.as(owner).put(path, { idleSeconds: null, absoluteSeconds: null })).status).toBe(
      200,
    );
  });

  it('loses none of many changes at once', async () => {
    const { organization, owner } = await app.given.organization();
    const path = pathOf(organization, 'registration');
    const bodies = [
      { mode: 'open' },
      { domains: ['acme.example'] },
      { emailVerification: 'required' },
      { firstUserRole: 'owner' },
    ];

    const responses = await Promise.all(bodies.map((body) => app.api.as(owner).put(path, body)));

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { body } = await app.api.as(owner).get(path);
    expect([body.mode, body.domains, body.emailVerification, body.firstUserRole]).toEqual([
      { value: 'open', source: 'organization' },
      { value: ['acme.example'], source: 'organization' },
      { value: 'required', source: 'organization' },
      { value: 'owner', source: 'organization' },
    ]);
  });

  it('asks for the permission, and records the refusal', async () => {
    const { organization } = await app.given.organization();
    const reader = await app.given.user(organization, { permissions: ['policies:read'] });
    const before = await app.given.snapshot(organization);

    for (const kind of kinds)
      expect(await app.api.as(reader).put(pathOf(organization, kind), {})).toBeProblem('permission_denied');

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(
      Array(kinds.length).fill('access.refused (refused)'),
    );
  });

  it('is out of reach from another organization', async () => {
    const { organization } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });

    for (const kind of kinds) {
      const path = pathOf(organization, kind);
      expect(await app.api.as(globex.owner).get(path)).toBeProblem('not_found');
      expect(await app.api.as(globex.owner).put(path, {})).toBeProblem('not_found');
      expect(await app.api.get(path)).toBeProblem('unauthenticated');
    }
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

describe('the default role', () => {
  it('is a role that exists, by name, and never owner', async () => {
    const { organization, owner } = await app.given.organization();
    const path = pathOf(organization, 'registration');
    await app.given.role(organization, 'editor', ['articles:write']);
    const [ownerRole] = await app.sql(`select id from tenantry.roles where org_id = $1 and name = 'owner'`, [
      organization.id,
    ]);
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(owner).put(path, { defaultRole: 'owner' })).toBeProblem('default_role_owner');
    expect(await app.api.as(owner).put(path, { defaultRole: ownerRole.id })).toBeProblem('unknown_role');
    expect(await app.api.as(owner).put(path, { defaultRole: 'nobody' })).toBeProblem('unknown_role');

    expect(await app.given.snapshot(organization)).toEqual(before);
    const response = await app.api.as(owner).put(path, { defaultRole: 'editor' });
    expect(response.body.defaultRole).toEqual({ value: 'editor', source: 'organization' });
  });

  it('is named only by who holds what it holds', async () => {
    const { organization } = await app.given.organization();
    const path = pathOf(organization, 'registration');
    await app.given.role(organization, 'editor', ['articles:write']);
    const clerk = await app.given.user(organization, { permissions: ['policies:write'] });
    const editor = await app.given.user(organization, { permissions: ['policies:write', 'articles:*'] });

    expect(await app.api.as(clerk).put(path, { defaultRole: 'admin' })).toBeProblem('permission_denied');
    expect(await app.api.as(clerk).put(path, { defaultRole: 'editor' })).toBeProblem('permission_denied');
    expect((await app.api.as(clerk).put(path, { defaultRole: 'member' })).status).toBe(200);
    expect((await app.api.as(editor).put(path, { defaultRole: 'editor' })).status).toBe(200);

    expect(await app.given.auditOf(organization)).toEqual([
      'policy.changed (refused)',
      'policy.changed (refused)',
      'policy.changed',
      'policy.changed',
    ]);
  });

  it('is not handed out by who opens the door to it without holding it', async () => {
    const { organization, owner } = await app.given.organization();
    const path = pathOf(organization, 'registration');
    await app.given.role(organization, 'editor', ['articles:write']);
    await app.api.as(owner).put(path, { defaultRole: 'editor' });
    const clerk = await app.given.user(organization, { permissions: ['policies:write'] });

    expect(await app.api.as(clerk).put(path, { mode: 'open' })).toBeProblem('permission_denied');
    expect((await app.api.as(clerk).put(path, { mode: 'invitation' })).status).toBe(200);
    expect((await app.api.as(owner).put(path, { mode: 'open' })).status).toBe(200);
    expect((await app.api.as(clerk).put(path, { mode: 'closed' })).status).toBe(200);
  });
});

describe('the platform', () => {
  it('decides what an organization leaves open, key by key', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(pathOf(organization, 'password'), { blockedWords: ['Roadrunner'] });

    await app.api.as(operator).put(pathOf(platform, 'password'), { minLength: 20, blockedWords: ['tenant'] });

    const own = await app.api.as(owner).get(pathOf(organization, 'password'));
    const platforms = await app.api.as(operator).get(pathOf(platform, 'password'));
    expect(own.body).toEqual({
      kind: 'password',
      minLength: { value: 20, source: 'platform' },
      blockedWords: { value: ['roadrunner'], source: 'organization' },
      reset: { value: 'self-service', source: 'default' },
    });
    expect(platforms.body).toEqual({
      kind: 'password',
      minLength: { value: 20, source: 'platform' },
      blockedWords: { value: ['tenant'], source: 'platform' },
      reset: { value: 'self-service', source: 'default' },
    });
  });

  it('does not decide where an organization says nobody', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    const { organization, owner } = await app.given.organization();
    await app.api.as(operator).put(pathOf(platform, 'registration'), { firstUserRole: 'owner' });
    const path = pathOf(organization, 'registration');
    expect((await app.api.as(owner).get(path)).body.firstUserRole.value).toBe('owner');

    const response = await app.api.as(owner).put(path, { firstUserRole: 'none' });

    expect(response.body.firstUserRole).toEqual({ value: null, source: 'organization' });
  });

  it('has its own sessions end within a day, whatever it allows others', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    const { organization, owner } = await app.given.organization();
    const before = await app.api.as(operator).get(pathOf(platform, 'session'));
    expect([before.body.idleSeconds.value, before.body.absoluteSeconds.value]).toEqual([1_800, 43_200]);

    const set = { idleSeconds: 172_800, absoluteSeconds: 864_000 };
    const response = await app.api.as(operator).put(pathOf(platform, 'session'), set);

    expect([response.body.idleSeconds.value, response.body.absoluteSeconds.value]).toEqual([86_400, 86_400]);
    expect((await app.api.as(owner).get(pathOf(organization, 'session'))).body).toEqual({
      kind: 'session',
      idleSeconds: { value: 172_800, source: 'platform' },
      absoluteSeconds: { value: 864_000, source: 'platform' },
      recentAuthenticationSeconds: { value: 600, source: 'default' },
    });
  });

  it('cuts the idle time of organizations when it ends their sessions sooner', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(pathOf(organization, 'session'), { idleSeconds: 7_200 });

    await app.api.as(operator).put(pathOf(platform, 'session'), { absoluteSeconds: 3_600 });

    expect((await app.api.as(owner).get(pathOf(organization, 'session'))).body.idleSeconds).toEqual({
      value: 3_600,
      source: 'platform',
    });
  });

  it('takes only roles that every organization has as the default', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    await app.given.role(platform, 'editor');

    const refused = await app.api
      .as(operator)
      .put(pathOf(platform, 'registration'), { defaultRole: 'editor' });

    expect(refused).toBeProblem('policy_contradiction', { pointer: '/defaultRole' });
  });

  it('is changed by operators only', async () => {
    const platform = await app.given.platformOrganization();
    const admin = await app.given.user(platform, { roles: ['admin'] });
    await app.given.forgetAudit(platform);

    expect((await app.api.as(admin).get(pathOf(platform, 'password'))).status).toBe(200);
    expect(await app.api.as(admin).put(pathOf(platform, 'password'), { minLength: 8 })).toBeProblem(
      'permission_denied',
    );

    expect(await app.given.auditOf(platform)).toEqual(['policy.changed (refused)']);
  });
});

describe('an operator', () => {
  it('sets the policies of any organization, recorded there, suspended or not', async () => {
    const operator = await app.given.operator();
    const { organization } = await app.given.organization();
    const path = `/v1/organizations/${organization.id.toUpperCase()}/policies/password`;
    await app.api.as(operator).put(`/v1/organizations/${organization.slug}/suspension`);
    await app.given.forgetAudit(organization);

    const response = await app.api.as(operator).put(path, { minLength: 12 });

    expect(response.body.minLength).toEqual({ value: 12, source: 'organization' });
    expect((await app.api.as(operator).get(path)).body).toEqual(response.body);
    expect(await policiesChangedIn(organization)).toEqual([
      {
        action: 'policy.changed',
        outcome: 'done',
        actor: 'operator',
        target: 'password',
        change: { before: {}, after: { minLength: 12 } },
      },
    ]);
  });

  it('opens registration, but does not let strangers into what the operator does not hold there', async () => {
    const operator = await app.given.operator();
    const { organization } = await app.given.organization();
    const path = pathOf(organization, 'registration');

    expect(await app.api.as(operator).put(path, { mode: 'open', defaultRole: 'admin' })).toBeProblem(
      'permission_denied',
    );
    const response = await app.api.as(operator).put(path, { mode: 'open', firstUserRole: 'owner' });

    expect(response.status).toBe(200);
    expect(await app.given.auditOf(organization)).toEqual(['policy.changed (refused)', 'policy.changed']);
  });

  it('is told of organizations that do not exist', async () => {
    const operator = await app.given.operator();

    expect(await app.api.as(operator).get(pathOf({ slug: 'nowhere' }, 'session'))).toBeProblem('not_found');
  });
});
