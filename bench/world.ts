import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Secret } from '../src/platform/config/settings.js';
import { HashGate } from '../src/platform/crypto/hash-gate.js';
import { PasswordHasher } from '../src/platform/crypto/password-hasher.js';
import { issueToken } from '../src/platform/crypto/secret-token.js';
import { migrate } from '../src/platform/database/migrator.js';
import {
  discardEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../src/platform/embedded-postgres/embedded-postgres.js';
import { touchedOrganizations } from './plan.js';
import {
  seedCrowd,
  seedOrganization,
  seedOrganizations,
  seedOwnerSession,
  seedUsers,
} from './world.queries.js';

export const password = 'a quiet house by the sea';
const sessionCount = 10_000;
const userCount = 1_000;
/** More than clients, so that two never sign the same person in at once. */
const signingInCount = 64;

export interface World {
  readonly databaseUrl: string;
  /** Settings of the server that belong to what was seeded. */
  readonly environment: Record<string, string>;
  readonly directory: string;
  /** `acme`: 1,000 users with two roles each, one of them through a team, and 10,000 sessions. */
  readonly apiKey: string;
  readonly sessionTokens: readonly string[];
  readonly ownerToken: string;
  readonly signingIn: readonly string[];
  /** A stored hash, without the part that only Tenantry understands, and its pepper. */
  readonly digest: string;
  readonly pepper: Buffer;
  /** `metropolis`: 100,000 users. */
  readonly registrarToken: string;
  /** Slugs of organizations with nothing in them. */
  readonly manyOrganizations: readonly string[];
  end(): Promise<void>;
}

/** A PostgreSQL of the benchmark's own, with the schema and what is measured in it. */
export async function buildWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'));
  const dataDir = join(directory, 'database');
  const postgres = await startEmbeddedPostgres({ dataDir });
  const end = async (): Promise<void> => {
    await postgres.stop();
    await discardEmbeddedPostgres(dataDir);
    await discardEmbeddedPostgres(directory);
  };
  try {
    await migrate({ databaseUrl: postgres.url });
    return { ...(await populate(postgres.url, postgres.superuserUrl)), directory, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function populate(databaseUrl: string, superuserUrl: string) {
  const pepper = randomBytes(32);
  const peppers = [{ id: 'bench', key: new Secret(pepper.toString('base64')) }];
  const storedHash = await new PasswordHasher(peppers, new HashGate(1)).hash(password);

  const owner = new pg.Client({
    connectionString: databaseUrl,
    options: '-c search_path=tenantry,public -c app.quiet=on',
  });
  await owner.connect();
  const acme = await seedOrganization(owner, 'acme', storedHash);
  const key = issueToken('api-key', acme.orgId);
  const sessions = Array.from({ length: sessionCount }, () => issueToken('session', acme.orgId));
  await seedUsers(owner, acme, { userCount, signingInCount, storedHash, keyHash: key.tokenHash, sessions });
  const owned = issueToken('session', acme.orgId);
  await seedOwnerSession(owner, acme, owned.tokenHash);
  const metropolis = await seedOrganization(owner, 'metropolis', storedHash);
  const registrar = issueToken('session', metropolis.orgId);
  await seedCrowd(owner, metropolis);
  await seedOwnerSession(owner, metropolis, registrar.tokenHash);
  const manyOrganizations = await seedOrganizations(owner, touchedOrganizations);
  await owner.end();
  await settle(superuserUrl);

  return {
    databaseUrl,
    environment: {
      PASSWORD_PEPPER: `bench:${pepper.toString('base64')}`,
      ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    },
    apiKey: key.token,
    sessionTokens: sessions.map(({ token }) => token),
    signingIn: Array.from({ length: signingInCount }, (_, index) => `user${index + 1}@acme.example`),
    digest: storedHash.replace(/,keyid=[^$]+/, ''),
    pepper,
    ownerToken: owned.token,
    registrarToken: registrar.token,
    manyOrganizations,
  };
}

/** What autovacuum would do in the middle of the run. */
async function settle(superuserUrl: string): Promise<void> {
  const url = new URL(superuserUrl);
  url.pathname = '/tenantry';
  const superuser = new pg.Client({ connectionString: url.toString() });
  await superuser.connect();
  await superuser.query('vacuum analyze');
  await superuser.query('checkpoint');
  await superuser.end();
}
