import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ApiClient,
  type ApiResponse,
  startApp,
  type TestApp,
  type TestOrganization,
  type TestUser,
} from '../support/test-app.js';

/*
 * A small community: nobody registers. The administrator adds people by user name, as posters and commenters, and hands
 * each of them a link for the first password. One story, told in order.
 */
describe('A community whose accounts are added by hand', () => {
  let app: TestApp;
  let organization: TestOrganization;
  let olga: TestUser;
  let link: string;
  let nora: ApiClient;
  beforeAll(async () => {
    app = await startApp();
    ({ organization, owner: olga } = await app.given.organization({ name: 'ShortForm', slug: 'shortform' }));
  });
  afterAll(() => app.stop());

  const home = '/v1/organizations/shortform';
  const words = 'seven grey herons at dawn';
  const otherWords = 'nine green apples in a bowl';
  const signIn = (password: string): Promise<ApiResponse> =>
    app.api.post(`${home}/sign-in`, { identifier: 'nora', password });
  const confirm = (password: string): Promise<ApiResponse> =>
    app.api.post(`${home}/password-reset/confirm`, {
      token: new URL(link).searchParams.get('token'),
      password,
    });
  const statusOfNora = async (): Promise<unknown> =>
    (await app.api.as(olga).get(`${home}/users/nora`)).body.status as unknown;

  it('takes no sign-ups', async () => {
    const response = await app.api.post(`${home}/sign-up`, { username: 'nora', password: words });

    expect(response).toBeProblem('registration_closed');
  });

  it('has posters and commenters', async () => {
    await app.api.as(olga).put(`${home}/role-presets/posters-and-commenters`);

    const { body } = await app.api.as(olga).get(`${home}/roles`);

    const names = (body.items as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['poster', 'commenter']));
  });

  it('leaves every reset to its administrators', async () => {
    const response = await app.api.as(olga).put(`${home}/policies/password`, { reset: 'administrator' });

    expect(response.body.reset).toEqual({ value: 'administrator', source: 'organization' });
  });

  it('adds Nora by a user name alone, and she cannot sign in yet', async () => {
    const response = await app.api.as(olga).post(`${home}/users`, { username: 'nora', roles: ['commenter'] });

    expect(response.body).toMatchObject({ username: 'nora', email: null, status: 'initializing' });
    expect(await signIn(words)).toBeProblem('invalid_credentials');
  });

  it('does not let Nora start a reset, and does not tell her so', async () => {
    const response = await app.api.post(`${home}/password-reset`, { identifier: 'nora' });

    expect([response.status, response.text]).toEqual([202, '']);
    expect(await app.sql('select 1 from verification_tokens where org_id = $1', [organization.id])).toEqual(
      [],
    );
  });

  it('shows Olga a link, once, which she hands over', async () => {
    const response = await app.api.as(olga).post(`${home}/users/nora/password-reset`);

    expect(response.status).toBe(202);
    link = response.body.link as string;
    expect(link).toContain('/o/shortform/password-reset?token=');
    expect(await app.given.auditOf(organization)).toContain('password_reset.started');
    const { text } = await app.api.as(olga).get(`${home}/audit-events`);
    expect(text).not.toContain(new URL(link).searchParams.get('token'));
  });

  it('makes Nora choose a good password, and then she is active', async () => {
    const weak = await confirm('nora nora nora');
    const good = await confirm(words);
    const again = await confirm(otherWords);

    expect(weak).toBeProblem('weak_password');
    expect(good.status).toBe(204);
    expect(again).toBeProblem('invalid_token');
    expect(await statusOfNora()).toBe('active');
  });

  it('keeps the password as argon2id, and the link nowhere', async () => {
    const [row] = await app.sql('select password_hash from users where username = $1', ['nora']);

    expect(row.password_hash).toMatch(/^\$argon2id\$/);
    const tokens = await app.sql('select to_jsonb(t)::text as row from verification_tokens t');
    expect(JSON.stringify(tokens)).not.toContain(new URL(link).searchParams.get('token'));
  });

  it('lets Nora in, to comment and not to publish', async () => {
    const { status, body } = await signIn(words);
    nora = app.api.as(body.token as string);

    const me = await nora.get('/v1/me');

    expect(status).toBe(200);
    expect(me.body).toMatchObject({ roles: ['commenter'], permissions: ['comments:write'] });
  });

  it('makes Nora a poster', async () => {
    await app.api.as(olga).put(`${home}/users/nora/roles`, { roles: ['poster'] });

    expect((await nora.get('/v1/me')).body.permissions).toEqual([
      'articles:publish',
      'assets:upload',
      'comments:write',
    ]);
  });

  it('locks Nora out, for good until somebody lifts the lock', async () => {
    await app.api.as(olga).put(`${home}/users/nora/lock`);

    expect(await nora.get('/v1/me')).toBeProblem('unauthenticated');
    expect(await signIn(words)).toBeProblem('invalid_credentials');
    expect(await app.api.as(olga).post(`${home}/users/nora/password-reset`)).toBeProblem('conflict');
    expect(await statusOfNora()).toBe('locked');

    await app.api.as(olga).delete(`${home}/users/nora/lock`);
    expect((await signIn(words)).status).toBe(200);
  });

  it('gives Nora a new password when she forgets hers, and the old one is dead', async () => {
    ({ link } = (await app.api.as(olga).post(`${home}/users/nora/password-reset`)).body as { link: string });

    expect((await confirm(otherWords)).status).toBe(204);

    expect(await signIn(words)).toBeProblem('invalid_credentials');
    expect((await signIn(otherWords)).status).toBe(200);
  });
});
