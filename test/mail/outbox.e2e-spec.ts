import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { auditOf, isAlive, mailOf, queueMail, queueReset } from './mail-world.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;
let audited: () => Promise<string[]>;
beforeAll(async () => {
  app = await startApp();
  ({ organization, owner } = await app.given.organization());
  audited = auditOf(app, organization);
  max = await app.given.user(organization);
  await app.mailbox.clear();
  await app.sql('delete from mails');
});
afterAll(() => app.stop());

const base = () => `/v1/organizations/${organization.slug}/mails`;

describe('The outbox', () => {
  it('lists mails newest first, in pages, by state, recipient and template', async () => {
    const first = await queueMail(app, organization, { template: 'account-exists', to: 'one@acme.example' });
    await app.mailbox.next('one@acme.example');
    const second = await queueMail(app, organization, { template: 'welcome', to: 'two@acme.example' });
    const ids = async (query: string): Promise<string[]> =>
      (await app.api.as(owner).get(`${base()}?${query}`)).body.items.map(({ id }: { id: string }) => id);

    const page = await app.api.as(owner).get(`${base()}?limit=1`);
    const rest = await app.api.as(owner).get(`${base()}?limit=1&cursor=${page.body.nextCursor as string}`);

    expect(page.body.items[0].id).toBe(second);
    expect(rest.body.items[0].id).toBe(first);
    expect(rest.body.nextCursor).toBeNull();
    expect(await ids('state=queued')).toEqual([second]);
    expect(await ids('to=One@ACME.example')).toEqual([first]);
    expect(await ids('template=welcome')).toEqual([second]);
    expect(
      await app.api.as(owner).get(`${base()}?state=sent&cursor=${page.body.nextCursor as string}`),
    ).toBeProblem('invalid_request');
  });

  it('tells what became of a mail, and nothing of its link', async () => {
    const id = await queueReset(app, organization, max);
    const { token } = await app.mailbox.next(max.email);

    const response = await app.api.as(owner).get(`${base()}/${id}`);

    expect(response.body).toMatchObject({
      to: max.email,
      template: 'reset-password',
      state: 'sent',
      attempts: 1,
      lastAnswer: '250 kept',
      nextAttemptAt: null,
      sentAt: expect.any(String),
    });
    expect(response.text).not.toContain(token);
  });

  it('sends a mail again as another message, whose link replaces the one before', async () => {
    const id = await queueReset(app, organization, max);
    const first = await app.mailbox.next(max.email);
    await audited();

    const response = await app.api.as(owner).post(`${base()}/${id}/deliveries`);
    const second = await app.mailbox.next(max.email);

    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({ id, state: 'queued', attempts: 0 });
    expect(second.headers['message-id']).not.toBe(first.headers['message-id']);
    expect(await isAlive(app, organization, 'password_reset', first.token)).toBe(false);
    expect(await isAlive(app, organization, 'password_reset', second.token)).toBe(true);
    expect(await audited()).toEqual(['mail.sent_again']);
  });

  it('sends what was given up', async () => {
    app.mailbox.behaves({ at: 'recipient', answer: [550, 'no such user'] });
    const id = await queueReset(app, organization, max);
    await app.mailbox.clear();
    expect(await mailOf(app, id)).toMatchObject({ state: 'dead' });

    await app.api.as(owner).post(`${base()}/${id}/deliveries`);

    await app.mailbox.next(max.email);
    expect(await mailOf(app, id)).toMatchObject({ state: 'sent' });
  });

  it('does not send again what is being sent', async () => {
    const id = await queueReset(app, organization, max);
    await app.sql(`update mails set state = 'sending', due_at = now() + interval '1 minute' where id = $1`, [
      id,
    ]);
    await audited();

    const response = await app.api.as(owner).post(`${base()}/${id}/deliveries`);

    expect(response).toBeProblem('mail_in_delivery');
    expect(await mailOf(app, id)).toMatchObject({ state: 'sending' });
    expect(await audited()).toEqual([]);
  });

  it('is for those who may', async () => {
    const reader = await app.given.user(organization, { permissions: ['mails:read'] });
    const id = await queueReset(app, organization, max);

    expect((await app.api.as(reader).get(base())).status).toBe(200);
    expect(await app.api.as(reader).post(`${base()}/${id}/deliveries`)).toBeProblem('permission_denied');
    expect(await app.api.as(max).get(base())).toBeProblem('permission_denied');
  });
});

describe('The metrics', () => {
  it('count mails, in all organizations, and name none', async () => {
    await queueReset(app, organization, max);

    const text = await app.get(Metrics).registry.metrics();

    expect(text).toMatch(/^mails_total\{result="sent"\} [1-9]/m);
    expect(text).toMatch(/^mails_total\{result="dead"\} 1$/m);
    expect(text).toMatch(/^mails_waiting\{state="queued"\} [1-9]/m);
    expect(text).not.toContain(organization.id);
  });
});

describe('The function that wakes mails', () => {
  it('adds no job but for a mail that waits', async () => {
    const id = await queueReset(app, organization, max);
    await app.mailbox.clear();
    const jobs = async () =>
      Number((await app.sql('select count(*) from graphile_worker._private_jobs'))[0].count);
    const before = await jobs();

    await app.sql('select wake_mail($1, $2)', [organization.id, id]);
    await app.sql('select wake_mail(new_id(), $1)', [id]);

    expect(await jobs()).toBe(before);
  });
});
