import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MailDelivery } from '../../src/mail/mail-delivery.service.js';
import { Mailbox } from '../support/mailbox.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { isAlive, mailOf, queueMail, queueReset } from './mail-world.js';

let app: TestApp;
let organization: TestOrganization;
let max: TestUser;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member' });
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.mailbox.clear();
  await app.sql('delete from mails');
});

/** Makes the worker send what is due. */
const work = () => app.mailbox.all('nobody@nowhere.example');

describe('A mail', () => {
  it('is sent with a link that works, to an address that is never joined with a name', async () => {
    const id = await queueReset(app, organization, max);

    const mail = await app.mailbox.next(max.email);

    expect(mail.to).toEqual([max.email]);
    expect(mail.from).toBe('no-reply@localhost');
    expect(mail.headers['from']).toBe('Acme <no-reply@localhost>');
    expect(mail.subject).toBe('Set a new password');
    expect(mail.text).toContain('Hello');
    expect(mail.html).toContain(`href="${mail.link}"`);
    expect(mail.link).toBe(`${app.origin}/o/acme/password-reset?token=${mail.token}`);
    expect(await isAlive(app, organization, 'password_reset', mail.token)).toBe(true);
    expect(await mailOf(app, id)).toMatchObject({ state: 'sent', attempts: 1, last_answer: '250 kept' });
  });

  it('has no token and no link in the outbox, in the queue of jobs and in the log', async () => {
    await queueReset(app, organization, max);
    const [{ jobs }] = await app.sql('select json_agg(j) as jobs from graphile_worker._private_jobs j');

    const { token } = await app.mailbox.next(max.email);

    const [{ rows }] = await app.sql('select json_agg(m) as rows from mails m');
    const [{ tokens }] = await app.sql('select json_agg(t) as tokens from verification_tokens t');
    for (const kept of [jobs, rows, tokens, app.logs]) {
      expect(JSON.stringify(kept)).not.toContain(token!.slice(8));
      expect(JSON.stringify(kept)).not.toMatch(/ten_ver_|token=/);
    }
  });

  it('is not sent before its transaction commits, and never when that fails', async () => {
    await expect(
      app.sql(
        `do $$ begin perform tenantry.queue_mail('${organization.id}', 'welcome', 'ghost@acme.example', null, null, null, null, null, null, null); raise exception 'no'; end $$`,
      ),
    ).rejects.toThrow('no');

    expect(await app.mailbox.all('ghost@acme.example')).toEqual([]);
  });

  it('is sent once, however many workers want it', async () => {
    const second = await startApp({ beside: app, env: { SMTP_URL: app.mailbox.url } });
    const ids = await Promise.all(Array.from({ length: 10 }, () => queueReset(app, organization, max)));

    await Promise.all(
      [app, second].flatMap(({ get }) =>
        ids.flatMap((id) =>
          [1, 2].map(() => get(MailDelivery).deliver(organization.id, id, new AbortController().signal)),
        ),
      ),
    );

    await second.stop();
    expect(app.mailbox.waiting).toHaveLength(10);
    expect(new Set(app.mailbox.waiting.map(({ headers }) => headers['message-id'])).size).toBe(10);
  });

  it('goes to another worker when the one that had it does not come back', async () => {
    const id = await queueReset(app, organization, max);
    await app.sql(
      `update mails set state = 'sending', attempts = 1, due_at = now() + interval '5 minutes' where id = $1`,
      [id],
    );

    expect(await app.mailbox.all(max.email)).toEqual([]);
    await app.given.timePasses(organization, '6 minutes');

    await app.mailbox.next(max.email);
    expect(await mailOf(app, id)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('is sent although there was no worker when it was queued', async () => {
    const id = await queueReset(app, organization, max);
    await app.sql('delete from graphile_worker._private_jobs');

    await app.mailbox.next(max.email);

    expect(await mailOf(app, id)).toMatchObject({ state: 'sent' });
  });

  it('speaks the language of its reader', async () => {
    await app.sql(`update user_profiles set locale = 'de-AT' where user_id = $1`, [max.id]);
    await queueReset(app, organization, max);

    const mail = await app.mailbox.next(max.email);

    expect(mail.subject).toBe('Neues Passwort festlegen');
    expect(mail.text).toContain('Der Link gilt einmal, 30 Minuten lang.');
    expect(mail.headers['content-language']).toBe('de');
    await app.sql('update user_profiles set locale = null where user_id = $1', [max.id]);
  });

  it('does not reach an address that its user has left', async () => {
    const id = await queueReset(app, organization, max);
    await app.sql(`update mails set to_email = 'old@acme.example' where id = $1`, [id]);

    expect(await app.mailbox.all('old@acme.example')).toEqual([]);

    expect(await mailOf(app, id)).toMatchObject({
      state: 'dead',
      last_answer: 'The address is no longer that of the user',
    });
  });

  it('waits while its organization is suspended', async () => {
    const other = await app.given.organization();
    const id = await queueMail(app, other.organization, {
      template: 'account-exists',
      to: 'who@acme.example',
    });
    await app.sql(`update organizations set status = 'suspended' where id = $1`, [other.organization.id]);

    expect(await app.mailbox.all('who@acme.example')).toEqual([]);

    expect(await mailOf(app, id)).toMatchObject({
      state: 'failed',
      last_answer: 'The organization is suspended',
    });
  });
});

describe('A hostile recipient', () => {
  it.each([
    ['a line break in the name', 'Max\r\nBcc: all@acme.example'],
    ['another address in the name', 'victim@else.example, "x" <y@else.example>'],
    ['a link in the name', 'Win at http://evil.example now'],
    ['markup in the name', '<script>alert(1)</script>'],
  ])('changes nothing by %s', async (_, name) => {
    await queueMail(app, organization, { template: 'account-exists', to: 'victim@acme.example', name });

    const mail = await app.mailbox.next('victim@acme.example');

    expect(mail.to).toEqual(['victim@acme.example']);
    expect(Object.keys(mail.headers)).not.toContain('bcc');
    expect(mail.headers['to']).toBe('victim@acme.example');
    expect(mail.text).toMatch(/^Hello,/);
    expect(mail.html).not.toMatch(/<script|evil\.example/);
  });

  it('shows a harmless name, in whatever letters', async () => {
    await queueMail(app, organization, {
      template: 'account-exists',
      to: 'zoe@acme.example',
      name: 'Zoë Łukasz "Zo" 山田',
    });

    const mail = await app.mailbox.next('zoe@acme.example');

    expect(mail.headers['to']).toContain('<zoe@acme.example>');
    expect(mail.text).toMatch(/^Hello Zoë Łukasz "Zo" 山田,/);
    expect(mail.html).toContain('Zoë Łukasz &#34;Zo&#34; 山田');
  });

  it.each(['a@b@c.example', 'a b@acme.example', 'a@acme.example\r\nBcc: x@else.example'])(
    'never gets into the outbox: %j',
    async (to) => {
      await expect(queueMail(app, organization, { template: 'account-exists', to })).rejects.toThrow(
        /violates check/,
      );
    },
  );
});

describe('A mail server', () => {
  it.each([
    ['is busy', { at: 'recipient', answer: [451, 'busy'] } as const, /451 busy/],
    ['refuses for now after the whole mail', { at: 'data', answer: [452, 'full'] } as const, /452 full/],
    ['greets with a refusal', { at: 'greeting', answer: [554, 'go away'] } as const, /554 go away/],
    ['wants another password', { at: 'sender', answer: [530, 'Authentication required'] } as const, /530/],
  ])('that %s gets the mail again later', async (_, behaviour, answer) => {
    app.mailbox.behaves(behaviour);
    const id = await queueReset(app, organization, max);

    await work();
    const waiting = await mailOf(app, id);
    await app.given.timePasses(organization, '31 seconds');
    await app.mailbox.next(max.email);

    expect(waiting).toMatchObject({
      state: 'failed',
      attempts: 1,
      last_answer: expect.stringMatching(answer),
    });
    expect(waiting.due_in).toBeGreaterThan(20);
    expect(await mailOf(app, id)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('that refuses a mail for good does not get it again', async () => {
    app.mailbox.behaves({ at: 'recipient', answer: [550, 'no such user'] });
    const id = await queueReset(app, organization, max);

    await work();
    await app.given.timePasses(organization, '1 day');
    await work();

    expect(await mailOf(app, id)).toMatchObject({
      state: 'dead',
      attempts: 1,
      last_answer: '550 no such user',
    });
    expect(app.mailbox.waiting).toEqual([]);
  });

  it('that drops the connection after the mail gets the same message again, and both links work', async () => {
    app.mailbox.behaves({ at: 'data', drops: true });
    const id = await queueReset(app, organization, max);

    const first = await app.mailbox.next(max.email);
    expect(await mailOf(app, id)).toMatchObject({ state: 'failed' });
    await app.given.timePasses(organization, '31 seconds');
    const second = await app.mailbox.next(max.email);

    expect(second.headers['message-id']).toBe(first.headers['message-id']);
    expect(second.token).not.toBe(first.token);
    expect(await isAlive(app, organization, 'password_reset', first.token)).toBe(true);
    expect(await isAlive(app, organization, 'password_reset', second.token)).toBe(true);
    expect(await app.sql('select state from mails where id = $1', [id])).toEqual([{ state: 'sent' }]);
  });

  it('that is silent holds up nothing beyond its mail', async () => {
    app.mailbox.behaves({ at: 'data', stalls: true });
    const id = await queueReset(app, organization, max);
    const ending = new AbortController();

    const delivery = app.get(MailDelivery).deliver(organization.id, id, ending.signal);
    await until(async () => (await mailOf(app, id)).state === 'sending' && app.mailbox.stalled > 0);
    const whileItHangs = await app.api.as(max).get('/v1/me');
    ending.abort();
    await delivery;

    expect(whileItHangs.status).toBe(200);
    expect(await mailOf(app, id)).toMatchObject({ state: 'failed', attempts: 1 });
  });

  it('with a certificate that nobody vouches for gets no mail', async () => {
    const impostor = await Mailbox.start(undefined, { secure: true });
    const other = await startApp({ beside: app, env: { SMTP_URL: impostor.url } });
    const id = await queueReset(app, organization, max);

    await other.mailbox.clear();

    await other.stop();
    await impostor.stop();
    expect(impostor.waiting).toEqual([]);
    expect(await mailOf(app, id)).toMatchObject({
      state: 'failed',
      last_answer: expect.stringMatching(/certificate/),
    });
  });

  it('that is away for an hour delays mail and nothing else; then all of it comes, once, with links that work', async () => {
    const away = await startApp({ beside: app, env: { SMTP_URL: 'smtp://127.0.0.1:1' } });
    const ids = await Promise.all(Array.from({ length: 5 }, () => queueReset(app, organization, max)));

    for (let passed = 0; passed < 60; passed += 6) {
      await away.mailbox.clear();
      await app.given.timePasses(organization, '6 minutes');
    }
    const before = await Promise.all(ids.map((id) => mailOf(app, id)));
    await app.given.timePasses(organization, '1 hour');
    const mails = await app.mailbox.all(max.email);

    await away.stop();
    expect(
      before.every(({ state, last_answer }) => state === 'failed' && /ECONNREFUSED/.test(last_answer!)),
    ).toBe(true);
    expect(mails).toHaveLength(5);
    for (const id of ids) expect(await mailOf(app, id)).toMatchObject({ state: 'sent' });
    const alive = await Promise.all(
      mails.map(({ token }) => isAlive(app, organization, 'password_reset', token)),
    );
    // Each asks for a new password, so the newest link is the one that counts.
    expect(alive.filter(Boolean)).toHaveLength(1);
  });

  it('that stays away for three days gets nothing of it any more', async () => {
    app.mailbox.behaves({ at: 'recipient', answer: [451, 'busy'], times: 100 });
    const id = await queueReset(app, organization, max);

    for (let hours = 0; hours < 78 && (await mailOf(app, id)).state !== 'dead'; hours += 6) {
      await work();
      await app.given.timePasses(organization, '6 hours');
    }

    expect(await mailOf(app, id)).toMatchObject({ state: 'dead' });
  });
});

/** Asks again and again, without a pause that is longer than a question. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) if (await holds()) return;
  throw new Error('it never came true');
}
