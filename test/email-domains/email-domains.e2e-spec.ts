import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EmailDomains } from '../../src/email-domains/email-domains.service.js';
import { Database } from '../../src/platform/database/database.js';
import { type DnsAnswer, DnsTxtResolver } from '../../src/platform/dns/txt-resolver.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { givenProvider, identityOf, signInWith, refusalOf } from '../accounts/world.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
const dns = new Map<string, DnsAnswer>();
const asked: string[] = [];

beforeAll(async () => {
  app = await startApp({
    txtResolver: {
      resolve: (name) => {
        asked.push(name);
        return Promise.resolve(dns.get(name) ?? { kind: 'none' });
      },
    },
  });
});
afterAll(() => app.stop());
beforeEach(() => {
  dns.clear();
  asked.length = 0;
});

interface Challenge {
  name: string;
  value: string;
}

const pathOf = ({ slug }: TestOrganization) => `/v1/organizations/${slug}/email-domains`;

async function givenDomain(
  organization: TestOrganization,
  owner: TestUser,
  body: Record<string, unknown> = {},
) {
  const domain = `${organization.slug}.example`;
  const response = await app.api.as(owner).post(pathOf(organization), { domain, ...body });
  if (response.status !== 201) throw new Error(response.text);
  await app.given.forgetAudit(organization);
  return {
    id: response.body['id'] as string,
    domain,
    challenge: response.body['challenge'] as unknown as Challenge,
    path: `${pathOf(organization)}/${domain}`,
  };
}

const enter = ({ name, value }: Challenge) =>
  dns.set(name, { kind: 'entries', texts: ['v=spf1 -all', value] });

const routeOf = (organization: TestOrganization, typed: string) =>
  app.get(Database).forOrganization(organization.id, (tx) => app.get(EmailDomains).routeOf(tx, typed));

describe('An e-mail domain', () => {
  it('is named with a provider, in one spelling, once', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const body = { domain: 'BÜCHER.example', provider: provider.name };

    const response = await app.api.as(owner).post(pathOf(organization), body);

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      domain: 'xn--bcher-kva.example',
      provider: provider.name,
      challenge: {
        name: '_tenantry-challenge.xn--bcher-kva.example',
        type: 'TXT',
        value: expect.stringMatching(/^tenantry-domain-verification=[A-Za-z0-9_-]{43}$/),
      },
      verifiedAt: null,
      checkedAt: null,
      version: 1,
    });
    expect(await app.api.as(owner).post(pathOf(organization), body)).toBeProblem('email_domain_taken');
    expect(await app.given.auditOf(organization)).toEqual(['email_domain.created']);
  });

  it.each([
    [{ domain: 'localhost' }, 'invalid_request', '/domain'],
    [{ domain: '10.0.0.1' }, 'invalid_request', '/domain'],
    [{ domain: 'acme.example/x' }, 'invalid_request', '/domain'],
    [{ domain: 'acme.example', provider: 'nowhere' }, 'unknown_provider', '/provider'],
  ])('cannot be %j', async (body, code, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(owner).post(pathOf(organization), body)).toBeProblem(code, { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is the organization’s once its DNS says so, and not before', async () => {
    const { organization, owner } = await app.given.organization();
    const { path, challenge, domain } = await givenDomain(organization, owner);

    const missing = await app.api.as(owner).put(`${path}/verification`);
    dns.set(challenge.name, { kind: 'entries', texts: [`${challenge.value}x`] });
    const wrong = await app.api.as(owner).put(`${path}/verification`);
    dns.set(challenge.name, { kind: 'silent' });
    const silent = await app.api.as(owner).put(`${path}/verification`);
    enter(challenge);
    const verified = await app.api.as(owner).put(`${path}/verification`);

    expect(missing).toBeProblem('email_domain_not_verified');
    expect(missing.body['detail']).toContain(`_tenantry-challenge.${domain}`);
    expect(wrong).toBeProblem('email_domain_not_verified');
    expect(silent).toBeProblem('unavailable');
    expect(verified.body).toMatchObject({ verifiedAt: expect.any(String), version: 2 });
    expect(verified.headers['etag']).toBe('"2"');
    expect(await app.given.auditOf(organization)).toEqual(['email_domain.verified']);
  });

  it('leads all its addresses to its provider, known and unknown ones, and no others', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const { path, challenge, domain } = await givenDomain(organization, owner, { provider: provider.id });

    expect(await routeOf(organization, owner.email)).toBeNull();
    enter(challenge);
    await app.api.as(owner).put(`${path}/verification`);

    expect(await routeOf(organization, owner.email)).toEqual(provider);
    expect(await routeOf(organization, ` nobody@${domain.toUpperCase()}`.trim())).toEqual(provider);
    for (const other of [`x@sub.${domain}`, `x@evil-${domain}`, `${domain}@other.example`, 'olga', '', 'x@'])
      expect(await routeOf(organization, other)).toBeNull();
    await app.sql('update oauth_providers set is_enabled = false where id = $1', [provider.id]);
    expect(await routeOf(organization, owner.email)).toBeNull();
  });

  it('can be verified by two organizations, each for itself', async () => {
    const first = await app.given.organization();
    const second = await app.given.organization();
    const one = await givenDomain(first.organization, first.owner, { domain: 'shared.example' });
    const path = `${pathOf(second.organization)}/shared.example`;
    const two = await app.api
      .as(second.owner)
      .post(pathOf(second.organization), { domain: 'shared.example' });
    const challenge = two.body['challenge'] as unknown as Challenge;

    expect(challenge.value).not.toBe(one.challenge.value);
    enter(one.challenge);
    expect(await app.api.as(second.owner).put(`${path}/verification`)).toBeProblem(
      'email_domain_not_verified',
    );
    dns.set(challenge.name, { kind: 'entries', texts: [one.challenge.value, challenge.value] });
    expect((await app.api.as(second.owner).put(`${path}/verification`)).status).toBe(200);
  });

  it('is looked at by the clock, and verified no longer after a week without its entry', async () => {
    const { organization, owner } = await app.given.organization();
    const { path, challenge } = await givenDomain(organization, owner);
    const look = () => app.get(Jobs).run('check-email-domains');
    // With another session each time: the first one ends in those days.
    const state = async () => (await app.api.as({ token: await app.given.session(owner) }).get(path)).body;
    enter(challenge);

    await look();
    expect(await state()).toMatchObject({ verifiedAt: expect.any(String), missingSince: null });
    asked.length = 0;
    await look();
    expect(asked).toEqual([]);

    dns.set(challenge.name, { kind: 'silent' });
    await app.given.timePasses(organization, '25 hours');
    await look();
    expect(asked).toEqual([challenge.name]);
    expect(await state()).toMatchObject({ verifiedAt: expect.any(String), missingSince: null });

    dns.clear();
    await app.given.timePasses(organization, '25 hours');
    await look();
    expect(await state()).toMatchObject({ verifiedAt: expect.any(String), missingSince: expect.any(String) });
    await app.given.timePasses(organization, '8 days');
    await look();
    expect(await state()).toMatchObject({ verifiedAt: null, missingSince: null });
    const events = await app.sql<{ action: string }>(
      `select action from audit_events where org_id = $1 and action like 'email_domain.%' order by created_at`,
      [organization.id],
    );
    expect(events.map(({ action }) => action)).toEqual([
      'email_domain.created',
      'email_domain.verified',
      'email_domain.missing',
      'email_domain.lapsed',
    ]);
  });

  it('that waits for its entry is given up after a week', async () => {
    const { organization, owner } = await app.given.organization();
    await givenDomain(organization, owner);
    await app.given.timePasses(organization, '8 days');

    await app.get(Jobs).run('check-email-domains');

    expect(asked).toEqual([]);
  });

  it('gets another provider, or none, and is deleted, by who may', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const { path, id } = await givenDomain(organization, owner, { provider: provider.name });
    const reader = await app.given.user(organization, { permissions: ['email-domains:read'] });

    expect(await app.api.as(reader).patch(path, { provider: null })).toBeProblem('permission_denied');
    const changed = await app.api.as(owner).patch(path, { provider: null });
    const unchanged = await app.api.as(owner).patch(path, { provider: null });
    const stale = await app.api.as(owner).delete(path, { headers: { 'if-match': '"1"' } });
    const deleted = await app.api.as(owner).delete(`${pathOf(organization)}/${id}`);

    expect(changed.body).toMatchObject({ provider: null, version: 2 });
    expect(unchanged.body['version']).toBe(2);
    expect(stale).toBeProblem('stale');
    expect(deleted.status).toBe(204);
    expect(await app.api.as(reader).get(path)).toBeProblem('not_found');
    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'email_domain.updated',
      'email_domain.deleted',
    ]);
  });

  it('outlives its provider', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const { path } = await givenDomain(organization, owner, { provider: provider.name });

    await app.sql('delete from oauth_providers where id = $1', [provider.id]);

    expect((await app.api.as(owner).get(path)).body['provider']).toBeNull();
  });

  it('lets its people in by its provider where nobody else is taken', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const other = await givenProvider(app, organization);
    const { path, challenge, domain } = await givenDomain(organization, owner, { provider: provider.name });
    const arrive = (by: typeof provider, email: string, emailVerified = true) =>
      refusalOf(signInWith(app, organization, identityOf(by, { claims: { email, emailVerified } })));

    expect(await arrive(provider, `max@${domain}`)).toBe('registration_closed');
    enter(challenge);
    await app.api.as(owner).put(`${path}/verification`);

    expect(await arrive(other, `max@${domain}`)).toBe('registration_closed');
    expect(await arrive(provider, 'max@other.example')).toBe('registration_closed');
    expect(await arrive(provider, `max@${domain}`, false)).toBe('registration_closed');
    expect(await arrive(provider, `max@${domain}`)).toBe('');
  });

  it('is listed page by page', async () => {
    const { organization, owner } = await app.given.organization();
    for (const domain of ['b.example', 'c.example', 'a.example'])
      await app.api.as(owner).post(pathOf(organization), { domain });

    const first = await app.api.as(owner).get(`${pathOf(organization)}?limit=2`);
    const rest = await app.api
      .as(owner)
      .get(`${pathOf(organization)}?limit=2&cursor=${first.body['nextCursor'] as string}`);

    const names = [first, rest].map(({ body }) =>
      (body['items'] as { domain: string }[]).map(({ domain }) => domain),
    );
    expect(names).toEqual([['a.example', 'b.example'], ['c.example']]);
  });
});

describe('DNS', () => {
  it('says nothing, soon, where nobody answers', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { createSocket } = await import('node:dgram');
    const silent = createSocket('udp4').bind(0, '127.0.0.1', resolve);
    await promise;
    const resolver = new DnsTxtResolver([`127.0.0.1:${silent.address().port}`]);
    const before = Date.now();

    const answer = await resolver.resolve('_tenantry-challenge.acme.example');

    silent.close();
    expect(answer).toEqual({ kind: 'silent' });
    expect(Date.now() - before).toBeLessThan(6_000);
  });
});
