import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let user: TestUser;
/** As the role that serves requests. */
let server: pg.Pool;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization());
  server = new pg.Pool({
    connectionString: app.serverUrl,
    max: 10,
    options: `-c search_path=tenantry,public -c app.org_id=${organization.id}`,
  });
});
beforeEach(async () => {
  user = await app.given.user(organization);
});
afterAll(async () => {
  await server.end();
  await app.stop();
});

/** What a program with a key of its own would make of a code. */
const hashOf = (code: string): Buffer =>
  createHash('sha256').update(`pretend this is keyed ${code}`).digest();

/** A token with the code 123456, or another one. */
async function issue({
  code = '123456',
  type = 'password_reset',
  mail = null as string | null,
} = {}): Promise<string> {
  const [row] = await app.sql(
    `with issued as materialized (select issue_token($1, $2, $3, null, '{}', $4) as token) select token from issued`,
    [organization.id, type, user.id, mail],
  );
  await app.sql('select add_token_code($1, $2, $3, $4)', [organization.id, type, row.token, hashOf(code)]);
  return row.token as string;
}

async function check(code: string, { id } = user as { id: string | null }): Promise<boolean> {
  const { rows } = await server.query(
    `select check_code($1, 'password_reset', $2, $3) is not null as is_right`,
    [organization.id, id, [hashOf('another key'), hashOf(code)]],
  );
  return rows[0].is_right as boolean;
}

async function redeem(code: string, type = 'password_reset', org = organization.id): Promise<string | null> {
  const { rows } = await server.query('select redeem_code($1, $2, $3, $4) as token', [
    org,
    type,
    user.id,
    [hashOf(code)],
  ]);
  return rows[0].token as string | null;
}

const consume = async (token: string | null): Promise<number> =>
  (await server.query(`select * from consume_token($1, 'password_reset', $2)`, [organization.id, token])).rows
    .length;

const triesOf = async (): Promise<number[]> =>
  (
    await app.sql<{ code_tries: number }>(
      'select code_tries from verification_tokens where user_id = $1 order by created_at',
      [user.id],
    )
  ).map(({ code_tries }) => code_tries);

describe('The right code', () => {
  it('becomes a token that takes the place of the link’s', async () => {
    const link = await issue();

    const token = await redeem('123456');

    expect(token).toMatch(/^ten_ver_/);
    expect(await consume(link)).toBe(0);
    expect(await redeem('123456')).toBeNull();
    expect(await consume(token)).toBe(1);
    expect(await consume(token)).toBe(0);
  });

  it('is none once the link was used', async () => {
    const link = await issue();

    expect(await consume(link)).toBe(1);

    expect(await redeem('123456')).toBeNull();
  });

  it('can be checked without being used up, as often as one likes', async () => {
    await issue();

    for (let count = 0; count < 7; count += 1) expect(await check('123456')).toBe(true);

    expect(await triesOf()).toEqual([0]);
    expect(await redeem('123456')).not.toBeNull();
  });

  it('is redeemed once of a hundred times at once', async () => {
    await issue();

    const tokens = await Promise.all(Array.from({ length: 100 }, () => redeem('123456')));

    expect(tokens.filter((token) => token !== null)).toHaveLength(1);
  });
});

describe('Wrong codes', () => {
  it('are judged five times, however many come at once, and then the right one is wrong too', async () => {
    await issue();

    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => check(String(200_000 + index))),
    );

    expect(answers).not.toContain(true);
    expect(await triesOf()).toEqual([5]);
    expect(await redeem('123456')).toBeNull();
  });

  it('with the right one among a hundred at once never let it in twice', async () => {
    const link = await issue();

    const tokens = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        redeem(index % 10 === 3 ? '123456' : String(200_000 + index)),
      ),
    );

    expect(tokens.filter((token) => token !== null).length).toBeLessThanOrEqual(1);
    expect((await triesOf())[0]).toBeLessThanOrEqual(5);
    expect(await consume(link)).toBe(tokens.some((token) => token !== null) ? 0 : 1);
  });

  it('leave the link alone', async () => {
    const link = await issue();

    for (let count = 0; count < 6; count += 1) await check('999999');

    expect(await consume(link)).toBe(1);
  });

  it('are forgotten with a new code', async () => {
    await issue();
    for (let count = 0; count < 6; count += 1) await check('999999');

    await issue({ code: '654321' });

    expect(await check('123456')).toBe(false);
    expect(await check('654321')).toBe(true);
  });

  it('count for both codes of a mail that was sent twice, of which either lets in', async () => {
    const mail = await givenMail();
    await issue({ mail });
    for (let count = 0; count < 3; count += 1) await check('999999');

    await issue({ code: '654321', mail });
    await check('999999');

    expect(await triesOf()).toEqual([4, 4]);
    expect(await redeem('654321')).not.toBeNull();
  });

  it('are as many as there are for who is unknown, locked, foreign or past the time', async () => {
    expect(await check('123456', { id: null })).toBe(false);
    await issue({ type: 'magic_link' });
    expect(await check('123456')).toBe(false);

    await issue();
    expect(await redeem('123456', 'magic_link')).not.toBeNull();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    expect(await redeem('123456', 'password_reset', globex.id)).toBeNull();
    await app.given.timePasses(organization, '11 minutes');
    expect(await check('123456')).toBe(false);

    await issue();
    await app.sql(`update users set status = 'locked' where id = $1`, [user.id]);
    expect(await check('123456')).toBe(false);
  });

  async function givenMail(): Promise<string> {
    const [row] = await app.sql(
      `select queue_mail($1, 'reset-password', $2, null, null, $3, $3, 'password_reset', '{}', '{}') as id`,
      [organization.id, user.email, user.id],
    );
    return row.id as string;
  }
});

describe('A code', () => {
  it('lives ten minutes, or as long as its link if that is shorter', async () => {
    const secondsOf = async (type: string) => {
      await issue({ type });
      const [row] = await app.sql(
        `select round(extract(epoch from code_expires_at - created_at))::int as seconds from verification_tokens
          where user_id = $1 and type = $2 and ended_at is null`,
        [user.id, type],
      );
      return row.seconds as number;
    };
    expect(await secondsOf('email_change')).toBe(600);
    await app.sql(
      `insert into verification_token_types (org_id, type, lifetime_seconds) values ($1, 'magic_link', 120)`,
      [organization.id],
    );

    expect(await secondsOf('magic_link')).toBe(120);
  });

  it.each([
    ['invitation', 6],
    ['magic_link', 5],
    ['magic_link', 11],
  ])('of %s has not %i digits', async (type, length) => {
    const set = app.sql(
      `insert into verification_token_types (org_id, type, code_length) values ($1, $2, $3)
       on conflict (org_id, type) do update set code_length = excluded.code_length`,
      [organization.id, type, length],
    );

    await expect(set).rejects.toThrow('verification_token_types_code');
  });
});
