import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiResponse, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

const wanted = 'new.max@mail.example';

function change(
  as: { token: string; password: string },
  email: string,
  currentPassword = as.password,
): Promise<ApiResponse> {
  return app.api.as(as).put('/v1/me/email', { email, currentPassword });
}

const confirm = (token: string): Promise<ApiResponse> => app.api.post('/v1/me/email/confirm', { token });

async function givenMax(options: Parameters<TestApp['given']['user']>[1] = {}) {
  const { organization, owner } = await app.given.organization();
  const max = await app.given.user(organization, { emailVerifiedAt: new Date(), ...options });
  await app.mailbox.clear();
  return { organization, owner, max };
}

async function emailOf(user: { token: string }): Promise<unknown> {
  const { body } = await app.api.as(user).get('/v1/me');
  return [body.email, body.emailVerified];
}

describe('Another address', () => {
  it('waits until whoever reads its mail confirms, and the old one is told', async () => {
    const { organization, max } = await givenMax();

    const asked = await change(max, 'New.Max@Mail.example');
    const between = await emailOf(max);
    const mail = await app.mailbox.next(wanted);
    const notice = await app.mailbox.next(max.email);
    const confirmed = await confirm(mail.token!);

    expect([asked.status, asked.text]).toEqual([202, '']);
    expect(between).toEqual([max.email, true]);
    expect(mail.link).toContain(`/o/${organization.slug}/email-change?token=`);
    expect(notice.text).toContain(wanted);
    expect(notice.token).toBeNull();
    expect([confirmed.status, confirmed.text]).toEqual([204, '']);
    expect(await emailOf(max)).toEqual([wanted, true]);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_change.requested', actor_id: max.id, change: { from: max.email, to: wanted } },
      { action: 'email.changed', actor_type: 'anonymous', target_id: max.id },
    ]);
  });

  it('needs the current password', async () => {
    const { organization, max } = await givenMax();
    const before = await app.given.snapshot(organization);

    const response = await change(max, wanted, 'not the password');

    expect(response).toBeProblem('wrong_password', { pointer: '/currentPassword' });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['email_change.refused (refused)']);
  });

  it('needs no password after a recent proof, and one of the two', async () => {
    const { organization, max } = await givenMax();
    const ask = () => app.api.as(max).put('/v1/me/email', { email: wanted });
    await app.given.timePasses(organization, '11 minutes');
    const before = await app.given.snapshot(organization);

    const late = await ask();

    expect(late).toBeProblem('reauthentication_required');
    expect(await app.given.snapshot(organization)).toEqual(before);
    await app.sql('update sessions set auth_time = now() where user_id = $1', [max.id]);
    expect((await ask()).status).toBe(202);
    expect(await app.given.auditOf(organization)).toEqual(['email_change.requested']);
  });

  it('is not for API keys to ask for', async () => {
    const { owner } = await givenMax();
    const key = await app.given.apiKey(owner);

    expect(await change({ ...owner, token: key.token }, wanted)).toBeProblem('permission_denied');
  });

  it('counts wrong passwords together with those of a password change', async () => {
    const { max } = await givenMax();
    for (let count = 0; count < 5; count += 1) await change(max, wanted, 'not the password');

    const response = await app.api.as(max).put('/v1/me/password', {
      currentPassword: max.password,
      password: 'seven grey herons at dawn',
    });

    expect(response).toBeProblem('wrong_password');
    expect(response.headers['retry-after']).toBeDefined();
  });

  it('that is somebody else’s gets the same answer, and cannot be confirmed', async () => {
    const { organization, max } = await givenMax();
    const nora = await app.given.user(organization, { email: 'nora@mail.example' });
    await app.mailbox.clear();

    const response = await change(max, nora.email);
    const { token } = await app.mailbox.next(nora.email);

    expect([response.status, response.text]).toEqual([202, '']);
    expect(await confirm(token!)).toBeProblem('invalid_token');
    expect(await emailOf(max)).toEqual([max.email, true]);
  });

  it('of an account that has none waits as well, whether somebody has it or not', async () => {
    const { organization, max } = await givenMax({ username: 'max' });
    const nora = await app.given.user(organization, { email: 'nora@mail.example' });
    await app.sql(`update users set email = null where id = $1`, [max.id]);
    await app.mailbox.clear();

    const taken = await change(max, nora.email);
    const free = await change(max, wanted);
    const between = await emailOf(max);
    const { token } = await app.mailbox.next(wanted);

    expect([taken.status, free.status]).toEqual([202, 202]);
    expect(between).toEqual([null, false]);
    expect((await confirm(token!)).status).toBe(204);
    expect(await emailOf(max)).toEqual([wanted, true]);
  });

  it('takes the place of the one that was asked for before', async () => {
    const { max } = await givenMax();
    await change(max, 'first@mail.example');
    const first = await app.mailbox.next('first@mail.example');
    await change(max, wanted);
    const second = await app.mailbox.next(wanted);

    expect(await confirm(first.token!)).toBeProblem('invalid_token');
    expect((await confirm(second.token!)).status).toBe(204);
  });

  it('is withdrawn by asking for the present one', async () => {
    const { max } = await givenMax();
    await change(max, wanted);
    const { token } = await app.mailbox.next(wanted);

    const response = await change(max, max.email);

    expect(response.status).toBe(202);
    expect(await confirm(token!)).toBeProblem('invalid_token');
  });

  it('is confirmed once by a hundred at once', async () => {
    const { organization, max } = await givenMax();
    await change(max, wanted);
    const { token } = await app.mailbox.next(wanted);
    await app.given.forgetAudit(organization);

    const responses = await Promise.all(Array.from({ length: 100 }, () => confirm(token!)));

    expect(responses.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(99).fill(422)]);
    expect(await app.given.auditOf(organization)).toEqual(['email.changed']);
  });

  it('gets three mails in ten minutes, and the same answer from then on', async () => {
    const { organization, max } = await givenMax();

    for (let count = 0; count < 4; count += 1) expect((await change(max, wanted)).status).toBe(202);

    expect(await app.mailbox.all(wanted)).toHaveLength(3);
    expect((await app.given.auditOf(organization)).at(-1)).toBe('email_change.requested (refused)');
  });

  it('must be an address, and its token one of the right kind', async () => {
    const { organization, max } = await givenMax();
    await app.api.post(`/v1/organizations/${organization.slug}/password-reset`, { identifier: max.email });
    const { token } = await app.mailbox.next(max.email);

    expect(await change(max, 'max')).toBeProblem('invalid_request', { pointer: '/email' });
    for (const wrong of [token!, 'nonsense', `${token!}x`])
      expect(await confirm(wrong)).toBeProblem('invalid_token');
  });
});

describe('A code in the mail to another address', () => {
  const confirmByCode = (as: { token: string }, code: string): Promise<ApiResponse> =>
    app.api.as(as).post('/v1/me/email/confirm', { code });

  async function givenCode() {
    const { organization, owner, max } = await givenMax();
    await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/verification-token-types/email_change`, {
        lifetimeSeconds: null,
        codeLength: 8,
      });
    await change(max, wanted);
    const { text, token } = await app.mailbox.next(wanted);
    const code = /^\d{8}$/m.exec(text)![0];
    const other = code === '00000000' ? '00000001' : '00000000';
    await app.given.forgetAudit(organization);
    return { organization, owner, max, code, other, token: token! };
  }

  it('confirms it for whoever is signed in, and uses the link up', async () => {
    const { organization, max, code, token } = await givenCode();

    const response = await confirmByCode(max, code);

    expect([response.status, response.text]).toEqual([204, '']);
    expect(await emailOf(max)).toEqual([wanted, true]);
    expect(await confirmByCode(max, code)).toBeProblem('invalid_token');
    expect(await confirm(token)).toBeProblem('invalid_token');
    expect((await app.given.auditEventsOf(organization))[0]).toMatchObject({
      action: 'email.changed',
      actor_type: 'user',
      actor_id: max.id,
      target_id: max.id,
    });
  });

  it('is nobody else’s to use', async () => {
    const { organization, owner, max, code } = await givenCode();
    const key = await app.given.apiKey(max, { permissions: [] });

    const unknown = await app.api.post('/v1/me/email/confirm', { code });
    const byOwner = await confirmByCode(owner, code);
    const byKey = await app.api.as(key).post('/v1/me/email/confirm', { code });

    expect(unknown).toBeProblem('unauthenticated');
    expect(byOwner).toBeProblem('invalid_token');
    expect(byKey).toBeProblem('permission_denied');
    expect(await emailOf(max)).toEqual([max.email, true]);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_change.refused', actor_id: owner.id, change: { reason: 'wrong_code' } },
    ]);
  });

  it('can be tried five times, and the link works on', async () => {
    const { max, code, other, token } = await givenCode();

    for (let count = 0; count < 5; count += 1)
      expect(await confirmByCode(max, other)).toBeProblem('invalid_token');

    expect(await confirmByCode(max, code)).toBeProblem('invalid_token');
    expect((await confirm(token)).status).toBe(204);
  });

  it('is good again if the address became somebody else’s, and right if that one goes', async () => {
    const { organization, max, code } = await givenCode();
    const nora = await app.given.user(organization, { email: wanted });

    const taken = await confirmByCode(max, code);
    await app.sql('delete from users where id = $1', [nora.id]);

    expect(taken).toBeProblem('invalid_token');
    expect((await confirmByCode(max, code)).status).toBe(204);
  });

  it.each([[{}], [{ token: 'ten_ver_x', code: '123456' }], [{ code: '12345' }], [{ code: 'abcdef' }]])(
    'is not confirmed by %j',
    async (body) => {
      const { max } = await givenCode();

      expect(await app.api.as(max).post('/v1/me/email/confirm', body)).toBeProblem('invalid_request');
    },
  );
});
