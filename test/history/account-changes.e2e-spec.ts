import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newId } from '../../src/platform/crypto/uuid.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

/** What any program brings about by plain SQL: here as the role that serves requests, in one transaction a call. */
let app: TestApp;
let organization: TestOrganization;
let program: pg.Client;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization());
  program = new pg.Client({ connectionString: app.serverUrl });
  await program.connect();
  await program.query(`select set_config('app.org_id', $1, false)`, [organization.id]);
});
afterAll(async () => {
  await program.end();
  await app.stop();
});

const max = (): Promise<TestUser> => app.given.user(organization, { emailVerifiedAt: new Date() });
const update = (user: { id: string }, assignment: string, ...values: unknown[]) =>
  program.query(`update tenantry.users set ${assignment} where id = $1`, [user.id, ...values]);

async function call(name: string, ...values: unknown[]): Promise<unknown> {
  const parameters = values.map((_, index) => `$${index + 2}`).join(', ');
  const { rows } = await program.query(`select tenantry.${name}($1, ${parameters}) as result`, [
    organization.id,
    ...values,
  ]);
  return rows[0].result;
}

async function rowOf({ id }: { id: string }) {
  const [row] = await app.sql('select * from users where id = $1', [id]);
  return row;
}

/** Kinds with what changed, without the beginning. */
async function historyOf({ id }: { id: string }): Promise<[string, object][]> {
  const rows = await app.sql(
    `select kind, change from user_history where user_id = $1 and kind <> 'created' order by created_at, id`,
    [id],
  );
  return rows.map(({ kind, change }) => [kind, change]);
}

/** Templates with address and kind of token, without the welcome. */
async function mailsTo({ id }: { id: string }): Promise<string[]> {
  const rows = await app.sql(
    `select concat_ws(' ', template, to_email, token_type) as mail from mails
      where user_id = $1 and template <> 'welcome' order by created_at, id`,
    [id],
  );
  return rows.map(({ mail }) => mail);
}

/** A token as it would be in the newest mail of that kind. */
async function tokenOfMail({ id }: { id: string }, type: string): Promise<string> {
  const [row] = await app.sql(
    `select issue_token(org_id, token_type, user_id, subject_id, token_payload, id) as token from mails
      where user_id = $1 and token_type = $2 order by created_at desc, id desc limit 1`,
    [id, type],
  );
  return row.token;
}

const livingSessions = async ({ id }: { id: string }): Promise<number> =>
  (await app.sql('select from sessions where user_id = $1 and revoked_at is null', [id])).length;
const livingTokens = async ({ id }: { id: string }): Promise<string[]> =>
  (
    await app.sql(
      'select type from verification_tokens where user_id = $1 and used_at is null and ended_at is null order by 1',
      [id],
    )
  ).map(({ type }) => type);

describe('Inserting a user', () => {
  const insert = async (columns: Record<string, unknown>): Promise<{ id: string }> => {
    const row = { org_id: organization.id, id: newId(), ...columns };
    await program.query(
      `insert into tenantry.users (${Object.keys(row).join(', ')}) values (${Object.keys(row).map((_, index) => `$${index + 1}`)})`,
      Object.values(row),
    );
    return row;
  };
  const welcomes = (user: { id: string }) =>
    app.sql('select to_email, to_name, token_type, state from mails where user_id = $1', [user.id]);

  it('makes the profile, begins the history and queues the welcome with a link', async () => {
    const creator = newId();
    const nora = await insert({ email: 'nora@acme.example', full_name: 'Nora', created_by: creator });

    expect(await app.sql('select user_id from user_profiles where user_id = $1', [nora.id])).toHaveLength(1);
    expect(
      await app.sql('select kind, change, actor_id from user_history where user_id = $1', [nora.id]),
    ).toEqual([
      { kind: 'created', change: { email: 'nora@acme.example', status: 'initializing' }, actor_id: creator },
    ]);
    expect(await welcomes(nora)).toEqual([
      { to_email: 'nora@acme.example', to_name: 'Nora', token_type: 'email_verification', state: 'queued' },
    ]);
  });

  it('without an address, or with a verified one, sends nothing', async () => {
    const users = [
      await insert({ username: 'otto' }),
      await insert({ email: 'pia@acme.example', email_verified_at: new Date() }),
    ];

    for (const user of users) expect(await welcomes(user)).toEqual([]);
  });

  it('in bulk sends nothing where the program says so', async () => {
    await program.query('begin');
    await program.query(`select set_config('app.quiet', 'on', true)`);
    const user = await insert({ email: 'quinn@acme.example' });
    await program.query('commit');
    const loud = await insert({ email: 'rosa@acme.example' });

    expect(await welcomes(user)).toEqual([]);
    expect(await app.sql('select kind from user_history where user_id = $1', [user.id])).toHaveLength(1);
    expect(await welcomes(loud)).toHaveLength(1);
  });

  it('leaves nothing behind when the transaction is undone', async () => {
    const before = await app.given.snapshot(organization);

    await program.query('begin');
    await insert({ email: 'sam@acme.example' });
    await program.query('rollback');

    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('Verifying an address', () => {
  it('is done by the token of the mail, and ends the others', async () => {
    const user = await app.given.user(organization);
    const token = await tokenOfMail(user, 'email_verification');

    expect(await call('verify_email', token)).toBe(user.id);
    expect(await call('verify_email', token)).toBeNull();

    expect((await rowOf(user)).email_verified_at).not.toBeNull();
    expect(await historyOf(user)).toEqual([['email_verified', { email: user.email }]]);
  });

  it('proves the address that the mail went to, and no later one', async () => {
    const user = await app.given.user(organization);
    // As it would be if the mail were late: its token is minted after the address has changed.
    await app.sql(
      `with _ as (select set_config('app.email_change', 'confirmed', true)) update users set email = $2 from _ where id = $1`,
      [user.id, `other-${user.email}`],
    );
    const [row] = await app.sql(
      `select issue_token(org_id, token_type, user_id, null, token_payload, id) as token from mails where user_id = $1 and template = 'welcome'`,
      [user.id],
    );

    expect(await call('verify_email', row.token)).toBeNull();

    expect((await rowOf(user)).email_verified_at).toBeNull();
  });
});

describe('Another address', () => {
  it('waits for its confirmation, and the old one is told', async () => {
    const user = await max();
    const wanted = `new-${user.email}`;

    await update(user, 'email = $2, email_verified_at = null', wanted);

    expect(await rowOf(user)).toMatchObject({ email: user.email, pending_email: wanted });
    expect((await rowOf(user)).email_verified_at).not.toBeNull();
    expect(await mailsTo(user)).toEqual([
      `email-change ${wanted} email_change`,
      `email-change-notice ${user.email}`,
    ]);

    const token = await tokenOfMail(user, 'email_change');
    await call('issue_token', 'password_reset', user.id);
    expect(await call('confirm_email_change', token)).toBe(user.id);
    expect(await call('confirm_email_change', token)).toBeNull();

    expect(await rowOf(user)).toMatchObject({
      email: wanted,
      pending_email: null,
      pending_email_at: null,
      updated_by: user.id,
    });
    expect(await historyOf(user)).toEqual([
      ['email_change_requested', { from: user.email, to: wanted }],
      ['email_changed', { from: user.email, to: wanted }],
      ['email_verified', { email: wanted }],
    ]);
    expect(await livingTokens(user)).toEqual([]);
  });

  it('is asked for again with another mail, and withdrawn by the present one', async () => {
    const user = await max();
    const wanted = `new-${user.email}`;
    await call('request_email_change', user.id, wanted.toUpperCase());
    await call('request_email_change', user.id, wanted);
    expect(await mailsTo(user)).toHaveLength(4);
    const token = await tokenOfMail(user, 'email_change');

    await call('request_email_change', user.id, user.email);

    expect((await rowOf(user)).pending_email).toBeNull();
    expect(await livingTokens(user)).toEqual([]);
    expect(await call('confirm_email_change', token)).toBeNull();
    expect((await historyOf(user)).at(-1)).toEqual(['email_change_withdrawn', { to: wanted }]);
  });

  it('is confirmed by the link to the address that was asked for last', async () => {
    const user = await max();
    await call('request_email_change', user.id, `first-${user.email}`);
    const first = await tokenOfMail(user, 'email_change');
    await call('request_email_change', user.id, `second-${user.email}`);

    expect(await call('confirm_email_change', first)).toBeNull();

    expect(await rowOf(user)).toMatchObject({ email: user.email, pending_email: `second-${user.email}` });
  });

  it('that somebody else has by then changes nothing', async () => {
    const user = await max();
    const wanted = `wanted-${user.email}`;
    await call('request_email_change', user.id, wanted);
    const token = await tokenOfMail(user, 'email_change');
    await app.given.user(organization, { email: wanted });

    expect(await call('confirm_email_change', token)).toBeNull();

    expect(await rowOf(user)).toMatchObject({ email: user.email, pending_email: wanted });
    // The way in which the function changes an address is shut again.
    await update(user, 'email = $2', `direct-${user.email}`);
    expect((await rowOf(user)).email).toBe(user.email);
  });

  it('is set at once where there was none, and taken away at once', async () => {
    const [{ id }] = await app.sql(
      `insert into users (org_id, username) values ($1, 'without-address') returning id`,
      [organization.id],
    );

    await update({ id }, `email = 'with-address@acme.example', email_verified_at = null`);
    expect(await rowOf({ id })).toMatchObject({
      email: 'with-address@acme.example',
      email_verified_at: null,
    });
    await update({ id }, 'email = null');

    expect(await rowOf({ id })).toMatchObject({ email: null, pending_email: null });
    expect(await mailsTo({ id })).toEqual([
      'verify-email with-address@acme.example email_verification',
      'email-change-notice with-address@acme.example',
    ]);
    expect(await historyOf({ id })).toEqual([
      ['email_changed', { from: null, to: 'with-address@acme.example' }],
      ['email_changed', { from: 'with-address@acme.example', to: null }],
    ]);
  });
});

describe('Another password', () => {
  it('is recorded, ends sessions and links, and the person is told', async () => {
    const user = await max();
    await call('issue_token', 'password_reset', user.id);
    await call('issue_token', 'email_verification', user.id);

    await update(user, `password_hash = 'another'`);

    expect(await livingSessions(user)).toBe(0);
    expect(await livingTokens(user)).toEqual(['email_verification']);
    expect(await historyOf(user)).toEqual([['password_changed', {}]]);
    expect(await mailsTo(user)).toEqual([`password-changed ${user.email}`]);
  });

  it('keeps the session that the program names', async () => {
    const user = await max();
    await app.given.session(user);
    const [session] = await app.sql('select id from sessions where user_id = $1 limit 1', [user.id]);

    await program.query('begin');
    await program.query(`select set_config('app.session_id', $1, true)`, [session.id]);
    await update(user, `password_hash = 'another'`);
    await program.query('commit');

    expect(
      await app.sql('select id from sessions where user_id = $1 and revoked_at is null', [user.id]),
    ).toEqual([session]);
  });

  it('is none when the same one is hashed anew', async () => {
    const user = await max();
    const { password_hash: hash, password_changed_at: changedAt } = await rowOf(user);

    expect(await call('renew_password_hash', user.id, 'not this one', 'stronger')).toBe(false);
    expect(await call('renew_password_hash', user.id, hash, 'stronger')).toBe(true);

    expect(await rowOf(user)).toMatchObject({ password_hash: 'stronger', password_changed_at: changedAt });
    expect(await historyOf(user)).toEqual([]);
    expect(await livingSessions(user)).toBe(1);
  });

  it('by a reset link ends everything that was begun', async () => {
    const user = await max();
    await call('request_email_change', user.id, `new-${user.email}`);
    await call('issue_token', 'magic_link', user.id);
    const token = (await call('issue_token', 'password_reset', user.id)) as string;

    expect(await call('reset_password', token, 'another')).toBe(user.id);
    expect(await call('reset_password', token, 'a third')).toBeNull();

    expect(await rowOf(user)).toMatchObject({
      password_hash: 'another',
      pending_email: null,
      updated_by: user.id,
    });
    expect([await livingSessions(user), await livingTokens(user)]).toEqual([0, []]);
    const [entry] = await app.sql(
      `select actor_id from user_history where user_id = $1 and kind = 'password_changed'`,
      [user.id],
    );
    expect(entry.actor_id).toBe(user.id);
  });

  it('that is the first one makes the user active, and a mailed link verifies the address', async () => {
    const user = await app.given.user(organization);
    await app.sql(`update users set password_hash = null, status = 'initializing' where id = $1`, [user.id]);
    await app.sql(
      `select queue_mail($1, 'set-password', $2, null, null, $3, $3, 'password_reset', '{}', '{}')`,
      [organization.id, user.email, user.id],
    );
    const token = await tokenOfMail(user, 'password_reset');

    expect(await call('reset_password', token, 'first')).toBe(user.id);

    expect(await rowOf(user)).toMatchObject({ status: 'active', password_hash: 'first' });
    expect((await rowOf(user)).email_verified_at).not.toBeNull();
    expect((await historyOf(user)).slice(-3)).toEqual([
      ['email_verified', { email: user.email }],
      ['password_set', {}],
      ['status_changed', { from: 'initializing', to: 'active' }],
    ]);
  });

  it.each(['locked', 'deactivated'])('is out of reach of a %s user', async (status) => {
    const user = await max();
    await update(user, 'status = $2', status);
    const token = await call('issue_token', 'password_reset', user.id);
    const before = await app.given.snapshot(organization);

    expect(await call('reset_password', token, 'another')).toBeNull();

    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('A lock', () => {
  it('ends sessions and tokens, whoever sets it, and they stay ended', async () => {
    const user = await max();
    await call('issue_token', 'password_reset', user.id);

    await update(user, `status = 'locked'`);
    await update(user, `status = 'active'`);

    expect([await livingSessions(user), await livingTokens(user)]).toEqual([0, []]);
    expect(await historyOf(user)).toEqual([
      ['status_changed', { from: 'active', to: 'locked' }],
      ['status_changed', { from: 'locked', to: 'active' }],
    ]);
  });
});

describe('The history', () => {
  it('names who made the change where the program tells', async () => {
    const user = await max();
    const actor = newId();

    await program.query('begin');
    await program.query(`select set_config('app.actor_id', $1, true)`, [actor]);
    await update(user, `username = 'max.history', phone_number = '+4930123456', full_name = 'Max'`);
    await program.query('commit');
    await update(user, 'username = null');

    const rows = await app.sql(
      `select kind, change, actor_id from user_history where user_id = $1 and kind <> 'created' order by created_at, id`,
      [user.id],
    );
    expect(rows).toEqual([
      { kind: 'username_changed', change: { from: null, to: 'max.history' }, actor_id: actor },
      { kind: 'phone_number_changed', change: { from: null, to: '+4930123456' }, actor_id: actor },
      { kind: 'full_name_changed', change: { from: null, to: 'Max' }, actor_id: actor },
      { kind: 'username_changed', change: { from: 'max.history', to: null }, actor_id: null },
    ]);
  });

  it('does not take a sign-in for a change', async () => {
    const user = await max();

    await update(user, 'last_login_at = now()');

    expect(await historyOf(user)).toEqual([]);
  });

  it('cannot be changed by the role that serves requests', async () => {
    for (const statement of [
      `update tenantry.user_history set kind = 'x'`,
      'delete from tenantry.user_history',
    ]) {
      await expect(program.query(statement)).rejects.toThrow(/permission denied/);
    }
  });
});

describe('Activity', () => {
  it('counts sign-ins by user and day', async () => {
    const user = await max();
    await app.given.session(user);
    await app.sql(
      `insert into sessions (org_id, user_id, token_hash, amr, created_at, idle_lifetime_seconds, idle_expires_at, expires_at)
       select $1, $2, sha256(n::text::bytea), '{pwd}', '2027-01-30 23:59:59Z'::timestamptz + n * interval '1 second', 60, now(), now()
         from generate_series(0, 2) n`,
      [organization.id, user.id],
    );

    const rows = await app.sql(
      `select kind, day::text, count from user_activity where user_id = $1 and day <> (now() at time zone 'UTC')::date order by day`,
      [user.id],
    );
    expect(rows).toEqual([
      { kind: 'sign_in', day: '2027-01-30', count: 1 },
      { kind: 'sign_in', day: '2027-01-31', count: 2 },
    ]);
    const [today] = await app.sql(
      `select count from user_activity where user_id = $1 and day = (now() at time zone 'UTC')::date`,
      [user.id],
    );
    expect(today.count).toBe(2);
  });
});

describe('Rows that people change', () => {
  it('say who made them and who changed them', async () => {
    /** Never changed by people once they are made. */
    const unchanging = ['api_keys', 'application_secrets', 'permissions', 'registration_tokens'];
    /** Their resource says it. */
    const parts = ['api_resource_scopes'];
    /** Made and changed by the server, for whatever reason the audit log gives. */
    const ofTheServer = ['logout_deliveries', 'mails', 'navigations', 'signing_keys', 'token_revocations'];
    /** A conversation with one person, or theirs alone. */
    const ofOnePerson = [
      'oauth_accounts',
      'oidc_consents',
      'oidc_grants',
      'provider_attempts',
      'provider_sign_ins',
      'sign_in_flows',
      'user_profiles',
    ];
    const others = [...unchanging, ...parts, ...ofTheServer, ...ofOnePerson];
    const rows = await app.sql(
      `select c.table_name as name,
              array(select column_name::text from information_schema.columns w
                     where w.table_schema = 'tenantry' and w.table_name = c.table_name
                       and w.column_name in ('created_by', 'invited_by', 'updated_by') order by 1) as columns
         from information_schema.columns c
        where c.table_schema = 'tenantry' and c.column_name = 'updated_at'
        order by 1`,
    );

    expect(rows.length).toBeGreaterThan(8);
    const silent = rows.filter(
      ({ name, columns }) =>
        !others.includes(name) &&
        (columns as string[]).join() !== `${name === 'invitations' ? 'invited_by' : 'created_by'},updated_by`,
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
