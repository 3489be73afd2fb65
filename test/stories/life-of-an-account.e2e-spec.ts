import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiResponse, startApp, type TestApp, type TestUser } from '../support/test-app.js';

/* From the first day of an account to its last, as its owner sees it. One story, told in order. */
describe('The life of an account', () => {
  let app: TestApp;
  let olga: TestUser;
  let token: string;
  beforeAll(async () => {
    app = await startApp();
    ({ owner: olga } = await app.given.organization({
      slug: 'acme',
      registration: { mode: 'open', emailVerification: 'required' },
    }));
    await app.mailbox.clear();
  });
  afterAll(() => app.stop());

  const home = '/v1/organizations/acme';
  const firstAddress = 'max@mail.example';
  const address = 'max.meier@mail.example';
  const firstPassword = 'seven grey herons at dawn';
  const password = 'nine green apples in a bowl';

  async function signIn(identifier: string, typed: string): Promise<ApiResponse> {
    const response = await app.api.post(`${home}/sign-in`, { identifier, password: typed });
    if (response.status === 200) token = response.body.token as string;
    return response;
  }

  it('begins with a sign-up, which a mail completes', async () => {
    const signedUp = await app.api.post(`${home}/sign-up`, {
      email: firstAddress,
      fullName: 'Max Meier',
      password: firstPassword,
    });
    const early = await signIn(firstAddress, firstPassword);
    const welcome = await app.mailbox.next(firstAddress);
    const verified = await app.api.post(`${home}/email-verification/confirm`, { token: welcome.token });

    expect(signedUp.status).toBe(201);
    expect(early).toBeProblem('email_unverified');
    expect(welcome.subject).toBe('Welcome to Acme');
    expect(verified.status).toBe(204);
    expect((await signIn(firstAddress, firstPassword)).status).toBe(200);
  });

  it('goes on with another address', async () => {
    await app.api.as(token).put('/v1/me/email', { email: address, currentPassword: firstPassword });
    const { token: proof } = await app.mailbox.next(address);
    const { text: notice } = await app.mailbox.next(firstAddress);

    const confirmed = await app.api.post('/v1/me/email/confirm', { token: proof });

    expect(notice).toContain(address);
    expect(confirmed.status).toBe(204);
    expect(await signIn(firstAddress, firstPassword)).toBeProblem('invalid_credentials');
    expect((await signIn(address, firstPassword)).body.user).toMatchObject({
      email: address,
      emailVerified: true,
    });
  });

  it('survives a forgotten password', async () => {
    const session = token;
    await app.api.post(`${home}/password-reset`, { identifier: address });
    const { token: proof } = await app.mailbox.next(address);

    const reset = await app.api.post(`${home}/password-reset/confirm`, { token: proof, password });

    expect(reset.status).toBe(204);
    expect(await app.api.as(session).get('/v1/me')).toBeProblem('unauthenticated');
    expect((await app.mailbox.next(address)).subject).toBe('Your password was changed');
    expect(await signIn(address, firstPassword)).toBeProblem('invalid_credentials');
    expect((await signIn(address, password)).status).toBe(200);
  });

  it('is locked for a while', async () => {
    await app.api.as(olga).put(`${home}/users/${address}/lock`);

    expect(await app.api.as(token).get('/v1/me')).toBeProblem('unauthenticated');
    expect(await signIn(address, password)).toBeProblem('invalid_credentials');
    await app.api.post(`${home}/password-reset`, { identifier: address });
    expect(await app.mailbox.all(address)).toEqual([]);

    await app.api.as(olga).delete(`${home}/users/${address}/lock`);
    expect((await signIn(address, password)).status).toBe(200);
  });

  it('can be taken along, with its whole history', async () => {
    const { body } = await app.api.as(token).get('/v1/me/export');

    const history = (body.history as { kind: string }[]).map(({ kind }) => kind);
    expect(history).toEqual([
      'created',
      'email_verified',
      'email_change_requested',
      'email_changed',
      'email_verified',
      'password_changed',
      'status_changed',
      'status_changed',
    ]);
  });

  it('ends when its owner says so', async () => {
    const left = await app.api.as(token).send('DELETE', '/v1/me', { currentPassword: password });

    expect(left.status).toBe(204);
    expect(await app.api.as(token).get('/v1/me')).toBeProblem('unauthenticated');
    expect(await signIn(address, password)).toBeProblem('invalid_credentials');
    expect(await app.api.as(olga).get(`${home}/users/${address}`)).toBeProblem('not_found');
    const [rows] = await app.sql(
      `select (select count(*) from mails where to_email = $1) + (select count(*) from user_history h
          where h.change::text like '%' || $1 || '%') as left_behind`,
      [address],
    );
    expect(Number(rows.left_behind)).toBe(0);
  });
});
