import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { queueMail, queueReset } from './mail-world.js';

let app: TestApp;
let acme: TestOrganization;
let globex: TestOrganization;
let max: TestUser;
let greta: TestUser;
beforeAll(async () => {
  app = await startApp();
  ({ organization: acme } = await app.given.organization());
  ({ organization: globex } = await app.given.organization({ name: 'Globex', slug: 'globex' }));
  max = await app.given.user(acme);
  greta = await app.given.user(globex);
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.sql('delete from mails');
  await app.sql('delete from graphile_worker._private_jobs');
});

/** In one transaction, as a job of an organization does it. */
const queueMany = (organization: TestOrganization, count: number) =>
  app.sql(
    `select queue_mail($1, 'account-exists', 'bulk' || n || '@' || $2 || '.example', null, null, null, null, null, null, null)
       from generate_series(1, $3::integer) n`,
    [organization.id, organization.slug, count],
  );

/** Whom the worker writes to, in its order. */
async function sent(): Promise<string[]> {
  const before = app.mailbox.waiting.length;
  await app.get(Jobs).drain();
  return app.mailbox.waiting.slice(before).map(({ to }) => to[0]!);
}

/** Mails in the order in which a worker would take them. */
async function order(most: number): Promise<string[]> {
  const rows = await app.sql<{ to_email: string }>(
    `select m.to_email from graphile_worker._private_jobs j join mails m on m.id = (j.payload->>'mailId')::uuid
      order by j.priority, j.run_at, j.id limit $1`,
    [most],
  );
  return rows.map(({ to_email }) => to_email);
}

describe('The queue of mails', () => {
  it('sends a reset first, although another organization has queued thousands of mails', async () => {
    await queueMany(globex, 2_000);
    await queueReset(app, acme, max);

    expect((await order(1))[0]).toBe(max.email);
  });

  it('sends the reset of an organization before its own invitations', async () => {
    await queueMany(acme, 20);
    await queueReset(app, acme, max);

    expect((await sent()).indexOf(max.email)).toBeLessThan(2);
  });

  it('gives each organization its turn, however many mails one has', async () => {
    await queueMany(globex, 30);
    await queueMail(app, acme, { template: 'account-exists', to: 'one@acme.example' });
    await queueMail(app, acme, { template: 'account-exists', to: 'two@acme.example' });

    const recipients = await sent();

    // Two are sent at a time, so that neighbours may change places.
    expect(recipients.indexOf('one@acme.example')).toBeLessThan(4);
    expect(recipients.indexOf('two@acme.example')).toBeLessThan(6);
    expect(recipients).toHaveLength(32);
  });

  it('lets no flood of resets starve the invitations of others', async () => {
    await app.sql(
      `select queue_mail($1, 'reset-password', $2, null, null, $3, $3, 'password_reset', null, null)
         from generate_series(1, 300)`,
      [globex.id, greta.email, greta.id],
    );
    await queueMail(app, acme, { template: 'account-exists', to: 'one@acme.example' });

    expect((await order(40)).indexOf('one@acme.example')).toBeGreaterThan(30);
    expect((await order(40)).indexOf('one@acme.example')).toBeLessThan(34);
  });

  it('moves late mails up with their organization, so that nobody newer overtakes them for ever', async () => {
    await queueMany(globex, 300);
    const late = await order(300);
    await app.sql(`update mails set state = 'sent' where to_email = any($1)`, [late.slice(0, 299)]);
    await queueMany(acme, 100);

    await app.sql('select wake_due_mails(1000)');

    expect((await order(3)).slice(0, 2)).toContain(late[299]);
  });

  it('wakes the mails of everybody where one organization has more than are woken at a time', async () => {
    await queueMany(globex, 1_500);
    await queueReset(app, acme, max);
    await app.sql('delete from graphile_worker._private_jobs');

    const [{ woken }] = await app.sql('select wake_due_mails(1000) as woken');

    expect(woken).toBe(1_000);
    expect((await order(1))[0]).toBe(max.email);
  });
});
