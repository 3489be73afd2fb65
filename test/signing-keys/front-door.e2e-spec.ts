import { sign, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { Database } from '../../src/platform/database/database.js';
import type { Transaction } from '../../src/platform/database/transaction.js';
import {
  type IssuerKey,
  type SigningAlgorithm,
  SigningKeys,
} from '../../src/signing-keys/signing-keys.service.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
let second: TestApp;
beforeAll(async () => {
  app = await startApp();
  second = await startApp({ beside: app });
});
afterAll(async () => {
  await second.stop();
  await app.stop();
});

const within = <T>(
  { id }: TestOrganization,
  work: (keys: SigningKeys, tx: Transaction) => Promise<T>,
  node: TestApp = app,
): Promise<T> => node.get(Database).forOrganization(id, (tx) => work(node.get(SigningKeys), tx));

const ofIssuer = (organization: TestOrganization): Promise<IssuerKey[]> =>
  within(organization, (keys, tx) => keys.ofIssuer(tx));

describe('An organization', () => {
  it('gets its first key, for ES256, when somebody needs one', async () => {
    const { organization } = await app.given.organization();
    const before = await versionOf(organization);

    const keys = await ofIssuer(organization);

    expect(keys).toMatchObject([{ alg: 'ES256', state: 'active' }]);
    expect(await ofIssuer(organization)).toMatchObject([{ kid: keys[0]!.kid }]);
    expect(await versionOf(organization)).toBe(before + 1);
    expect(await app.given.auditOf(organization)).toEqual(['signing_key.published']);
  });

  it.each<[SigningAlgorithm, string | null, object]>([
    ['ES256', 'sha256', { kty: 'EC', crv: 'P-256' }],
    ['RS256', 'sha256', { kty: 'RSA', e: 'AQAB' }],
    ['EdDSA', null, { kty: 'OKP', crv: 'Ed25519' }],
  ])('signs with %s', async (alg, digest, shape) => {
    const { organization } = await app.given.organization();

    await within(organization, (keys, tx) => keys.ensure(tx, alg));

    const key = (await ofIssuer(organization)).find((candidate) => candidate.alg === alg)!;
    expect(key.publicJwk).toMatchObject({ ...shape, use: 'sig', alg, kid: key.kid });
    expect(Object.keys(key.publicJwk)).not.toContain('d');
    expect(key.kid).toBe(await calculateJwkThumbprint(key.publicJwk as never));
    const signature = sign(digest, Buffer.from('text'), key.privateKey!);
    expect(verify(digest, Buffer.from('text'), key.publicKey, signature)).toBe(true);
    if (alg === 'RS256') expect(key.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  it.each<SigningAlgorithm>(['ES256', 'RS256'])(
    'makes one key for %s, on however many servers it is asked for',
    async (alg) => {
      const { organization } = await app.given.organization();

      await Promise.all(
        Array.from({ length: 12 }, (_, number) =>
          within(organization, (keys, tx) => keys.ensure(tx, alg), number % 2 === 0 ? app : second),
        ),
      );

      const rows = await app.sql('select kid from signing_keys where org_id = $1', [organization.id]);
      expect(rows).toHaveLength(1);
      expect(await app.given.auditOf(organization)).toEqual(['signing_key.published']);
    },
  );

  it('has keys of its own', async () => {
    const [{ organization: acme }, { organization: globex }] = [
      await app.given.organization(),
      await app.given.organization(),
    ];

    const [[mine], [theirs]] = [await ofIssuer(acme), await ofIssuer(globex)];

    expect(mine!.kid).not.toBe(theirs!.kid);
    expect(await ofIssuer(acme)).toHaveLength(1);
  });
});

describe('A private key', () => {
  it('lies sealed in its own row, and opens nowhere else', async () => {
    const [{ organization: acme }, { organization: globex }] = [
      await app.given.organization(),
      await app.given.organization(),
    ];
    const [mine] = await ofIssuer(acme);
    await ofIssuer(globex);

    const [row] = await app.sql('select private_key from signing_keys where org_id = $1', [acme.id]);
    await app.sql('update signing_keys set private_key = $2 where org_id = $1', [globex.id, row.private_key]);

    const clear = mine!.privateKey!.export({ format: 'der', type: 'pkcs8' });
    expect((row.private_key as Buffer).includes(clear)).toBe(false);
    await expect(ofIssuer(globex)).rejects.toThrow('authenticate');
  });
});

async function versionOf({ id }: TestOrganization): Promise<number> {
  const [row] = await app.sql('select issuer_version::int as version from organizations where id = $1', [id]);
  return row.version as number;
}
