import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { hashToken, issueToken, parseToken } from '../../src/platform/crypto/secret-token.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let globex: TestOrganization;
/** As the role that serves requests. */
let server: pg.Pool;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization());
  ({ organization: globex } = await app.given.organization({ name: 'Globex' }));
  server = new pg.Pool({
    connectionString: app.serverUrl,
    max: 10,
    options: `-c search_path=tenantry,public -c app.org_id=${organization.id}`,
  });
});
afterAll(async () => {
  await server.end();
  await app.stop();
});

interface Issued {
  type?: string;
  user?: { id: string } | null;
  subject?: string | null;
  payload?: object;
  mail?: string | null;
}

async function issue({ type = 'password_reset', user, subject, payload, mail }: Issued): Promise<string> {
  const [row] = await app.sql<{ token: string }>('select issue_token($1, $2, $3, $4, $5, $6) as token', [
    organization.id,
    type,
    user?.id ?? null,
    subject ?? null,
    JSON.stringify(payload ?? {}),
    mail ?? null,
  ]);
  return row!.token;
}

async function isValid(token: string, type = 'password_reset'): Promise<boolean> {
  const { rows } = await server.query('select check_token($1, $2, $3) as valid', [
    organization.id,
    type,
    token,
  ]);
  return rows[0].valid;
}

const consume = async (token: string | null, type = 'password_reset', org = organization.id) =>
  (await server.query('select * from consume_token($1, $2, $3)', [org, type, token])).rows;

const max = (): Promise<TestUser> => app.given.user(organization);

describe('A token', () => {
  it('from SQL is read by the server, and hashed to the same', async () => {
    const token = await issue({ user: await max() });

    const reference = parseToken('verification', token)!;

    expect(reference.organizationId).toBe(organization.id);
    const [row] = await app.sql(
      'select 1 as found from verification_tokens where org_id = $1 and token_hash = $2',
      [organization.id, reference.tokenHash],
    );
    expect(row).toEqual({ found: 1 });
  });

  it('has the checksum and the hash that the server computes', async () => {
    const { token } = issueToken('verification', organization.id);
    for (const bytes of [Buffer.from('123456789'), Buffer.alloc(0), randomBytes(56), Buffer.alloc(9, 255)]) {
      const [row] = await app.sql('select crc32_of($1) as crc, token_hash_of($2) as hash', [bytes, token]);

      expect(row).toEqual({ crc: String(crc32(bytes)), hash: hashToken(token) });
    }
  });

  it('is never the same twice', async () => {
    const rows = await app.sql('select distinct new_token($1) from generate_series(1, 200)', [
      organization.id,
    ]);

    expect(rows).toHaveLength(200);
  });

  it('is stored as a hash only', async () => {
    const token = await issue({ user: await max(), payload: { reason: 'forgotten' } });

    const [row] = await app.sql(`select string_agg(t::text, ' ') as text from verification_tokens t`);

    expect(row.text).toContain('forgotten');
    expect(row.text).not.toContain(token.slice(40, 60));
    expect(row.text).not.toContain(Buffer.from(token).toString('hex'));
  });
});

describe('Consuming a token', () => {
  it('gives what it is about, once of a hundred times at once', async () => {
    const user = await max();
    const token = await issue({ user, payload: { reason: 'forgotten' } });

    const outcomes = await Promise.all(Array.from({ length: 100 }, () => consume(token)));

    expect(outcomes.filter(({ length }) => length === 1)).toEqual([
      [
        {
          token_id: expect.any(String),
          user_id: user.id,
          subject_id: user.id,
          payload: { reason: 'forgotten' },
        },
      ],
    ]);
    expect(outcomes.flat()).toHaveLength(1);
    expect(await isValid(token)).toBe(false);
  });

  it('works for what is about no user', async () => {
    const subject = '0199c1f2-0000-7000-8000-000000000001';
    const token = await issue({ type: 'setup', subject });

    expect(await consume(token, 'setup')).toMatchObject([{ user_id: null, subject_id: subject }]);
  });

  it.each([
    ['a wrong one', () => issueToken('verification', organization.id).token],
    ['none', () => null],
    ['nothing like one', () => 'ten_ver_%'],
    ['another organization’s', async () => foreignToken()],
    ['one of another type', async () => issue({ user: await max(), type: 'magic_link' })],
    ['one that was used', async () => used(await issue({ user: await max() }))],
    ['one that has expired', async () => expired(await issue({ user: await max() }))],
    ['one that a newer one has ended', async () => ended(await max())],
    ['one of a locked user', async () => ofUserIn('locked')],
    ['one of a deactivated user', async () => ofUserIn('deactivated')],
  ] as [string, () => string | null | Promise<string | null>][])(
    'gives nothing for %s, and writes nothing',
    async (_, make) => {
      const token = await make();
      const before = await app.given.snapshot(organization);

      expect(await consume(token)).toEqual([]);
      expect(await isValid(token!)).not.toBe(true);

      expect(await app.given.snapshot(organization)).toEqual(before);
    },
  );

  it('in another organization’s name gives nothing', async () => {
    expect(await consume(await foreignToken(), 'password_reset', globex.id)).toEqual([]);
  });

  async function foreignToken(): Promise<string> {
    const eve = await app.given.user(globex);
    const [row] = await app.sql(`select issue_token($1, 'password_reset', $2) as token`, [globex.id, eve.id]);
    return row.token;
  }

  async function used(token: string): Promise<string> {
    expect(await consume(token)).toHaveLength(1);
    return token;
  }

  async function expired(token: string): Promise<string> {
    await app.sql(`update verification_tokens set expires_at = now() where token_hash = $1`, [
      hashToken(token),
    ]);
    return token;
  }

  async function ended(user: TestUser): Promise<string> {
    const token = await issue({ user });
    await issue({ user });
    return token;
  }

  /** Issued after the lock: the lock itself ends tokens. */
  async function ofUserIn(status: string): Promise<string> {
    const user = await max();
    await app.sql('update users set status = $2 where id = $1', [user.id, status]);
    return issue({ user });
  }
});

describe('Issuing a token', () => {
  it('ends the older ones of its type and subject, and no other', async () => {
    const [user, other] = [await max(), await max()];
    const older = await issue({ user });
    const kept = [await issue({ user, type: 'magic_link' }), await issue({ user: other })];

    const newer = await issue({ user });

    expect(await isValid(older)).toBe(false);
    expect(await isValid(newer)).toBe(true);
    expect([await isValid(kept[0]!, 'magic_link'), await isValid(kept[1]!)]).toEqual([true, true]);
  });

  it('leaves both alive that one mail carries, and takes the address from the mail', async () => {
    const user = await max();
    const [mail] = await app.sql(
      `select queue_mail($1, 'reset-password', 'other@acme.example', null, null, $2, null, 'password_reset', '{}', '{}') as id`,
      [organization.id, user.id],
    );
    const older = await issue({ user });
    const first = await issue({ user, mail: mail.id, payload: { email: user.email } });

    const second = await issue({ user, mail: mail.id });

    expect([await isValid(older), await isValid(first), await isValid(second)]).toEqual([false, true, true]);
    expect(await consume(first)).toMatchObject([{ payload: { email: 'other@acme.example' } }]);
    // Read twice, the mail opens the door once.
    expect(await isValid(second)).toBe(false);
  });

  it('of many at once leaves one alive', async () => {
    const user = await max();

    const tokens = await Promise.all(Array.from({ length: 12 }, () => issue({ user })));

    const outcomes = await Promise.all(tokens.map((token) => isValid(token)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it.each([
    ['email_verification', 86_400],
    ['password_reset', 1_800],
    ['email_change', 86_400],
    ['magic_link', 600],
    ['setup', 86_400],
  ])('gives %s %i seconds', async (type, seconds) => {
    const token = await issue({ type, user: await max() });

    const [row] = await app.sql(
      `select round(extract(epoch from expires_at - created_at))::int as seconds from verification_tokens where token_hash = $1`,
      [hashToken(token)],
    );
    expect(row.seconds).toBe(seconds);
  });

  it('knows only types that somebody has defined, and an organization may define its own', async () => {
    const user = await max();
    await expect(issue({ user, type: 'parking' })).rejects.toThrow('there is no type "parking"');

    await app.sql(
      `insert into verification_token_types (org_id, type, lifetime_seconds) values ($1, 'parking', 300)`,
      [organization.id],
    );

    expect(await consume(await issue({ user, type: 'parking' }), 'parking')).toHaveLength(1);
    const tooLong = app.sql(
      `insert into verification_token_types (org_id, type, lifetime_seconds) values ($1, 'magic_link', 1801)`,
      [organization.id],
    );
    await expect(tooLong).rejects.toThrow('verification_token_types_lifetime');
  });

  it('inside one organization is none of another’s', async () => {
    const eve = await app.given.user(globex);

    const foreign = server.query(`select issue_token($1, 'password_reset', $2)`, [globex.id, eve.id]);

    await expect(foreign).rejects.toThrow(/row-level security/);
  });
});
