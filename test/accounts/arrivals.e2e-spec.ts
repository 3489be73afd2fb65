import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Accounts } from '../../src/accounts/accounts.service.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';
import {
  accountsOf,
  givenProvider,
  identityOf,
  linkWith,
  refusalOf,
  sessionOf,
  signInWith,
  visitor,
} from './world.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const givenOpen = () => app.given.organization({ registration: { mode: 'open' } });

const usersOf = ({ id }: TestOrganization) =>
  app.sql<{
    id: string;
    email: string | null;
    username: string | null;
    status: string;
    email_verified_at: Date | null;
  }>('select * from users where org_id = $1 order by created_at', [id]);

/** Runs it, and sees that nothing but audit events was written. */
async function refusedWithoutTrace(
  organization: TestOrganization,
  work: () => Promise<unknown>,
): Promise<string> {
  const before = await app.given.snapshot(organization);
  const code = await refusalOf(work());
  expect(await app.given.snapshot(organization)).toEqual(before);
  return code;
}

describe('Somebody new', () => {
  it('becomes a user with what the provider says, and comes back as the same one', async () => {
    const { organization } = await givenOpen();
    const provider = await givenProvider(app, organization, { trustedDomains: ['new.example'] });
    const identity = identityOf(provider, { claims: { email: 'max@new.example', emailVerified: true } });

    const first = await signInWith(app, organization, identity);
    const second = await signInWith(app, organization, identity);

    expect(first).toMatchObject({ isNew: true, methods: ['fed'], owesVerification: false });
    expect(second).toMatchObject({ isNew: false, accountId: first.accountId });
    expect(second.account).toMatchObject({
      id: first.account.id,
      email: 'max@new.example',
      emailVerifiedAt: expect.any(Date),
      fullName: 'Max Meier',
      status: 'active',
      passwordHash: null,
    });
    const [profile] = await app.sql('select * from user_profiles where user_id = $1', [first.account.id]);
    expect(profile).toMatchObject({ given_name: 'Max', family_name: 'Meier', locale: 'de-AT' });
    expect(await app.given.auditOf(organization)).toEqual(['user.signed_up', 'account.linked']);
  });

  it('has an unverified address where the provider is not trusted for it, and gets a mail', async () => {
    const { organization } = await app.given.organization({
      registration: { mode: 'open', emailVerification: 'required' },
    });
    const provider = await givenProvider(app, organization);
    const email = `max@${organization.slug}.example`;

    const arrival = await signInWith(
      app,
      organization,
      identityOf(provider, { claims: { email, emailVerified: true } }),
    );

    expect(arrival).toMatchObject({ isNew: true, owesVerification: true });
    expect(arrival.account.emailVerifiedAt).toBeNull();
    expect((await app.mailbox.next(email)).subject).toBeTruthy();
  });

  it('has no address where the provider does not vouch for it, and a name unlike everybody else’s', async () => {
    const { organization, owner } = await givenOpen();
    const provider = await givenProvider(app, organization, {
      trustedDomains: [`${organization.slug}.example`],
    });
    const said = { email: owner.email, emailVerified: false, username: 'Mona' };

    const first = await signInWith(app, organization, identityOf(provider, { claims: said }));
    const second = await signInWith(app, organization, identityOf(provider, { claims: said }));

    expect(first.account).toMatchObject({ email: null, username: 'mona', status: 'active' });
    expect(second.account.email).toBeNull();
    expect(second.account.username).toMatch(/^mona-\d{3}$/);
  });

  it('is one user, however often they arrive at once', async () => {
    const { organization } = await givenOpen();
    const provider = await givenProvider(app, organization);
    const identity = identityOf(provider, { claims: { email: 'many@new.example', emailVerified: true } });

    const arrivals = await Promise.all(
      Array.from({ length: 50 }, () => signInWith(app, organization, identity)),
    );

    expect(new Set(arrivals.map(({ account }) => account.id)).size).toBe(1);
    expect(arrivals.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await usersOf(organization)).toHaveLength(2);
    expect(await app.given.auditOf(organization)).toEqual(['user.signed_up', 'account.linked']);
  });

  it('is one user, when two providers bring the address at once', async () => {
    const { organization } = await givenOpen();
    const domains = { trustedDomains: ['new.example'] };
    const providers = [
      await givenProvider(app, organization, domains),
      await givenProvider(app, organization, domains),
    ];
    const claims = { email: 'both@new.example', emailVerified: true };

    const arrivals = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        identityOf(providers[index % 2]!, { subject: 'one', claims }),
      ).map((identity) => signInWith(app, organization, identity)),
    );

    expect(new Set(arrivals.map(({ account }) => account.id)).size).toBe(1);
    expect(await accountsOf(app, arrivals[0]!.account.id)).toHaveLength(2);
  });

  it('is the owner where the first user is to be, and of many who come first at once one is', async () => {
    const { organization } = await app.given.organization({
      registration: { mode: 'open', firstUserRole: 'owner', defaultRole: 'member' },
    });
    await app.sql('delete from users where org_id = $1', [organization.id]);
    const provider = await givenProvider(app, organization);

    await Promise.all(Array.from({ length: 5 }, () => signInWith(app, organization, identityOf(provider))));

    const roles = await app.sql<{ name: string }>(
      'select r.name from user_roles g join roles r on r.org_id = g.org_id and r.id = g.role_id where g.org_id = $1',
      [organization.id],
    );
    expect(roles.map(({ name }) => name).sort()).toEqual(['member', 'member', 'member', 'member', 'owner']);
  });

  it.each([
    ['closed', {}, 'registration_closed'],
    ['invitation', {}, 'registration_closed'],
    ['open', { justInTime: false }, 'registration_closed'],
    ['open', { allowedDomains: ['acme.test'] }, 'address_not_admitted'],
    ['open', { isEnabled: false }, 'provider_disabled'],
  ] as const)('is refused without a trace: mode %s, provider %j: %s', async (mode, options, code) => {
    const { organization } = await app.given.organization({ registration: { mode } });
    const provider = await givenProvider(app, organization, options as Parameters<typeof givenProvider>[2]);
    const identity = identityOf(provider, { claims: { email: 'max@new.example', emailVerified: true } });

    const refusal = await refusedWithoutTrace(organization, () => signInWith(app, organization, identity));

    expect(refusal).toBe(code);
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({ action: 'session.refused', outcome: 'refused' });
    expect(event!.change).toMatchObject({ reason: code, subject: identity.subject });
  });

  it('is refused where the registration is for other domains', async () => {
    const { organization } = await app.given.organization({
      registration: { mode: 'open', domains: ['acme.example'] },
    });
    const provider = await givenProvider(app, organization);
    const from = (email: string, emailVerified: boolean) =>
      refusalOf(signInWith(app, organization, identityOf(provider, { claims: { email, emailVerified } })));

    expect(await from('max@evil-acme.example', true)).toBe('email_domain_not_allowed');
    expect(await from('max@acme.example', false)).toBe('email_domain_not_allowed');
    expect(await from('max@acme.example', true)).toBe('');
  });

  it('comes by an invitation into an organization that is closed, if the provider is trusted for the address', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', []);
    const path = `/v1/organizations/${organization.slug}/invitations`;
    await app.api.as(owner).post(path, { email: 'guest@new.example', roles: ['editor'] });
    const claims = { email: 'guest@new.example', emailVerified: true };
    const untrusted = await givenProvider(app, organization);
    const trusted = await givenProvider(app, organization, {
      trustedDomains: ['new.example'],
      justInTime: false,
    });
    await app.given.forgetAudit(organization);

    const refusal = await refusalOf(signInWith(app, organization, identityOf(untrusted, { claims })));
    const arrival = await signInWith(app, organization, identityOf(trusted, { claims }));

    expect(refusal).toBe('registration_closed');
    expect(arrival.isNew).toBe(true);
    const me = await app.api
      .as(owner)
      .get(`/v1/organizations/${organization.slug}/users/${arrival.account.id}`);
    expect(me.body).toMatchObject({ emailVerified: true, roles: [{ role: 'editor' }] });
    expect(await app.given.auditOf(organization)).toEqual([
      'session.refused (refused)',
      'invitation.accepted',
      'user.signed_up',
      'account.linked',
    ]);
  });

  it('is foreseen without a trace', async () => {
    const { organization, owner } = await givenOpen();
    const provider = await givenProvider(app, organization, { trustedDomains: ['new.example'] });
    const before = await app.given.snapshot(organization);
    const foresee = (claims: Parameters<typeof identityOf>[1]) =>
      app.get(Accounts).foresee(organization.id, identityOf(provider, claims));

    expect(await foresee({ claims: { email: 'x@new.example', emailVerified: true } })).toEqual({
      outcome: 'create',
      userId: null,
      roles: [],
    });
    expect(await foresee({ claims: { email: owner.email, emailVerified: true } })).toMatchObject({
      outcome: 'refuse-account-exists',
      userId: owner.id,
    });
    expect(await foresee({})).toMatchObject({ outcome: 'create-without-address' });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('Somebody whose address is here', () => {
  it('is linked where both sides vouch for it', async () => {
    const { organization } = await app.given.organization();
    const user = await app.given.user(organization, { emailVerifiedAt: new Date() });
    const provider = await givenProvider(app, organization, {
      trustedDomains: [`${organization.slug}.example`],
    });
    await app.given.forgetAudit(organization);
    const identity = identityOf(provider, { claims: { email: user.email, emailVerified: true } });

    const arrival = await signInWith(app, organization, identity);

    expect(arrival.account.id).toBe(user.id);
    expect(arrival.account.passwordHash).not.toBeNull();
    expect(await accountsOf(app, user.id)).toMatchObject([{ linked_through: 'address' }]);
    expect((await app.api.as(user).get('/v1/session')).status).toBe(200);
    expect(await app.given.auditOf(organization)).toEqual(['account.linked']);
  });

  it('is not linked by a provider that is not trusted for the domain, nor by an unverified address', async () => {
    const { organization } = await givenOpen();
    const user = await app.given.user(organization, { emailVerifiedAt: new Date() });
    const provider = await givenProvider(app, organization, { trustedDomains: ['other.example'] });
    const verified = identityOf(provider, { claims: { email: user.email, emailVerified: true } });

    expect(await refusedWithoutTrace(organization, () => signInWith(app, organization, verified))).toBe(
      'account_not_linked',
    );
    const unverified = identityOf(provider, { claims: { email: user.email, emailVerified: false } });
    expect((await signInWith(app, organization, unverified)).account.id).not.toBe(user.id);
    expect(await accountsOf(app, user.id)).toEqual([]);
  });

  it.each(['locked', 'deactivated'] as const)(
    'is refused while they are %s, linked or not',
    async (status) => {
      const { organization } = await app.given.organization();
      const domain = `${organization.slug}.example`;
      const user = await app.given.user(organization, { emailVerifiedAt: new Date() });
      const provider = await givenProvider(app, organization, { trustedDomains: [domain] });
      const linked = identityOf(provider, { claims: { email: user.email, emailVerified: true } });
      await signInWith(app, organization, linked);
      await app.sql('update users set status = $2 where id = $1', [user.id, status]);
      const other = identityOf(provider, { claims: { email: user.email, emailVerified: true } });

      for (const identity of [linked, other])
        expect(await refusedWithoutTrace(organization, () => signInWith(app, organization, identity))).toBe(
          'account_unavailable',
        );
    },
  );

  it('takes an unverified account over, after everything that somebody else could have kept', async () => {
    const { organization, owner } = await givenOpen();
    const domain = `${organization.slug}.example`;
    const squatter = await app.given.user(organization, {
      fullName: 'Sam Squatter',
      phoneNumber: '+4930123456',
    });
    const key = await app.given.apiKey(squatter);
    const theirs = await givenProvider(app, organization);
    const foothold = identityOf(theirs);
    await linkWith(app, organization, foothold, {
      sessionId: await sessionOf(app, squatter.token),
      userId: squatter.id,
    });
    const provider = await givenProvider(app, organization, { trustedDomains: [domain] });
    await app.given.forgetAudit(organization);

    const identity = identityOf(provider, { claims: { email: squatter.email, emailVerified: true } });
    const arrival = await signInWith(app, organization, identity);

    expect(arrival.account).toMatchObject({
      id: squatter.id,
      passwordHash: null,
      fullName: 'Max Meier',
      phoneNumber: null,
      emailVerifiedAt: expect.any(Date),
      status: 'active',
    });
    expect(await app.api.as(squatter).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.api.as(key).get('/v1/session')).toBeProblem('unauthenticated');
    const signIn = `/v1/organizations/${organization.slug}/sign-in`;
    const byPassword = await app.api.post(signIn, { identifier: squatter.email, password: testPassword });
    expect(byPassword).toBeProblem('invalid_credentials');
    expect((await signInWith(app, organization, foothold)).account.id).not.toBe(squatter.id);
    expect(await accountsOf(app, squatter.id)).toMatchObject([{ linked_through: 'reclaim' }]);
    const events = await app.given.auditEventsOf(organization);
    expect(events.find(({ action }) => action === 'user.reclaimed')!.change).toMatchObject({
      hadPassword: true,
      sessionsEnded: 1,
      apiKeysDeleted: 1,
      accountsUnlinked: 1,
    });
    expect(owner.id).not.toBe(squatter.id);
  });

  it('takes an account over that an administrator made, with its roles and its name', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', []);
    const users = `/v1/organizations/${organization.slug}/users`;
    const email = `max@${organization.slug}.example`;
    const made = await app.api
      .as(owner)
      .post(users, { email, fullName: 'Maximilian Meier', roles: ['editor'] });
    const provider = await givenProvider(app, organization, {
      trustedDomains: [`${organization.slug}.example`],
    });

    const arrival = await signInWith(
      app,
      organization,
      identityOf(provider, { claims: { email, emailVerified: true } }),
    );

    expect(arrival.account).toMatchObject({
      id: made.body['id'],
      status: 'active',
      fullName: 'Maximilian Meier',
    });
    const user = await app.api.as(owner).get(`${users}/${arrival.account.id}`);
    expect(user.body).toMatchObject({ roles: [{ role: 'editor' }], emailVerified: true });
  });

  it('loses an upstream account, linked before the address was verified, when its owner resets the password', async () => {
    const { organization } = await givenOpen();
    const provider = await givenProvider(app, organization);
    const email = `victim@${organization.slug}.example`;
    const foothold = identityOf(provider, { claims: { email, emailVerified: true } });
    const { account } = await signInWith(app, organization, foothold);
    await app.mailbox.next(email);
    const reset = `/v1/organizations/${organization.slug}/password-reset`;
    await app.api.post(reset, { identifier: email });
    const token = /token=([^\s&"]+)/.exec((await app.mailbox.next(email)).text)![1]!;

    const confirmed = await app.api.post(`${reset}/confirm`, {
      token,
      password: 'amber kettle 31 under Fox Hill',
    });

    expect(confirmed.status).toBe(204);
    expect(await accountsOf(app, account.id)).toEqual([]);
    expect(await refusalOf(signInWith(app, organization, foothold))).toBe('account_not_linked');
  });
});

describe('Somebody who is signed in', () => {
  it('links what they like, whatever its address, after proving who they are', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const identity = identityOf(provider, {
      claims: { email: 'elsewhere@other.example', emailVerified: true },
    });
    const intent = { sessionId: await sessionOf(app, owner.token), userId: owner.id };

    const first = await linkWith(app, organization, identity, intent);
    const again = await linkWith(app, organization, identity, intent);
    const arrival = await signInWith(app, organization, identity);

    expect(first).toMatchObject({ kind: 'link', wasLinked: false });
    expect(again).toMatchObject({ wasLinked: true, accountId: (first as { accountId: string }).accountId });
    expect(arrival.account).toMatchObject({ id: owner.id, email: owner.email });
    const [event, ...others] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({ action: 'account.linked', actor_type: 'user', actor_id: owner.id });
    expect(others).toEqual([]);
  });

  it('does not link after a while, in a session that has ended, or what is somebody else’s', async () => {
    const { organization, owner } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const identity = identityOf(provider);
    const max = await app.given.user(organization);
    const intent = { sessionId: await sessionOf(app, owner.token), userId: owner.id };
    await linkWith(app, organization, identity, {
      sessionId: await sessionOf(app, max.token),
      userId: max.id,
    });
    const link = (with_: typeof identity, by = intent) =>
      refusedWithoutTrace(organization, () => linkWith(app, organization, with_, by));

    expect(await link(identity)).toBe('account_linked_elsewhere');
    expect(await link(identityOf(provider), { ...intent, userId: max.id })).toBe('session_ended');
    await app.given.timePasses(organization, '11 minutes');
    expect(await link(identityOf(provider))).toBe('reauthentication_required');
    // They had proven it when they asked, and came back within the ten minutes that a provider may take.
    const asked = { ...intent, beganAt: new Date(Date.now() - 120_000) };
    expect(await refusalOf(linkWith(app, organization, identityOf(provider), asked))).toBe('');
    await app.api.as(owner).delete('/v1/session');
    expect(await link(identityOf(provider), asked)).toBe('session_ended');
  });

  it('links an account with one user, however many ask at once', async () => {
    const { organization } = await app.given.organization();
    const provider = await givenProvider(app, organization);
    const identity = identityOf(provider);
    const people = await Promise.all(Array.from({ length: 8 }, () => app.given.user(organization)));
    const intents = await Promise.all(
      people.map(async ({ id, token }) => ({ sessionId: await sessionOf(app, token), userId: id })),
    );

    const codes = await Promise.all(
      intents.map((intent) => refusalOf(linkWith(app, organization, identity, intent))),
    );

    expect(codes.filter((code) => code === '')).toHaveLength(1);
    expect(codes.filter((code) => code === 'account_linked_elsewhere')).toHaveLength(7);
  });
});

describe('An account', () => {
  it('is of one organization: the same person upstream is somebody else in another one', async () => {
    const { organization } = await givenOpen();
    const { organization: globex } = await givenOpen();
    const provider = await givenProvider(app, organization);
    const theirs = await givenProvider(app, globex);
    const here = await signInWith(app, organization, identityOf(provider, { subject: 'same' }));

    const there = await signInWith(app, globex, identityOf(theirs, { subject: 'same' }));

    expect(there.account.id).not.toBe(here.account.id);
    expect(there.account.orgId).toBe(globex.id);
    expect(await refusalOf(signInWith(app, globex, identityOf(provider, { subject: 'same' })))).toBe(
      'provider_disabled',
    );
  });

  it('is told apart by provider, issuer and subject, each', async () => {
    const { organization } = await givenOpen();
    const provider = await givenProvider(app, organization);
    const other = await givenProvider(app, organization);
    const key = { issuer: 'https://one.example', subject: 'a' };

    const ids = [];
    for (const identity of [
      identityOf(provider, key),
      identityOf(other, key),
      identityOf(provider, { ...key, issuer: 'https://two.example' }),
      identityOf(provider, { ...key, subject: 'A' }),
    ])
      ids.push((await signInWith(app, organization, identity)).account.id);

    expect(new Set(ids).size).toBe(4);
  });

  it('does not follow an address that its person has upstream by now', async () => {
    const { organization, owner } = await givenOpen();
    const provider = await givenProvider(app, organization, {
      trustedDomains: [`${organization.slug}.example`],
    });
    const key = { subject: 'changing' };
    const { account } = await signInWith(app, organization, identityOf(provider, key));
    const moved = identityOf(provider, { ...key, claims: { email: owner.email, emailVerified: true } });

    const again = await signInWith(app, organization, moved);

    expect(again.account).toMatchObject({ id: account.id, email: account.email });
  });

  it('keeps what the provider says of proofs, and counts a second factor only where it is to', async () => {
    const { organization } = await givenOpen();
    const provider = await givenProvider(app, organization);
    const said = { acr: 'urn:example:gold', amr: ['otp', 'mfa'] };
    const alone = await signInWith(
      app,
      organization,
      identityOf(provider, { ...said, hasSecondFactor: false }),
    );
    const counted = await signInWith(
      app,
      organization,
      identityOf(provider, { ...said, hasSecondFactor: true }),
    );

    expect(alone.methods).toEqual(['fed']);
    expect(counted.methods).toEqual(['fed', 'mfa']);
    const [row] = await app.sql('select acr, amr from oauth_accounts where id = $1', [alone.accountId]);
    expect(row).toEqual(said);
  });

  it('opens nothing in an organization that is suspended', async () => {
    const { organization } = await givenOpen();
    const provider = await givenProvider(app, organization);
    const operator = await app.given.operator();
    await app.api.as(operator).put(`/v1/organizations/${organization.slug}/suspension`);

    expect(
      await refusalOf(
        app.get(Accounts).arrive(visitor, organization.id, identityOf(provider), { kind: 'sign-in' }),
      ),
    ).toBe('organization_unavailable');
  });
});
