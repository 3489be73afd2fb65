import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { jobSchemaVersion } from '../../src/platform/database/job-schema.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('The job queue', () => {
  it('has the schema that the installed library works with', async () => {
    const library = dirname(fileURLToPath(import.meta.resolve('graphile-worker')));
    const latest = readdirSync(join(library, '../sql')).sort().at(-1);

    expect(latest).toBe(`${String(jobSchemaVersion).padStart(6, '0')}.sql`);
    const [row] = await app.sql('select max(id) as version from graphile_worker.migrations');
    expect(row.version).toBe(jobSchemaVersion);
  });

  it('is worked off by a role that owns nothing of it', async () => {
    const done: unknown[] = [];
    app.get(Jobs).handle('note', async (payload) => void done.push(payload));
    await app.sql(`select graphile_worker.add_job('note', '{"number": 1}')`);

    await app.get(Jobs).drain();

    expect(done).toEqual([{ number: 1 }]);
    expect(await app.sql('select * from graphile_worker._private_jobs')).toEqual([]);
  });

  it('wakes its worker, also after every connection to the database was lost', async () => {
    const done: unknown[] = [];
    app.get(Jobs).handle('note', async (payload) => void done.push(payload));
    app.get(Jobs).start();
    const add = (number: number) =>
      app.sql(`select graphile_worker.add_job('note', json_build_object('number', $1::int))`, [number]);

    await add(1);
    await until(() => done.length === 1);
    await loseConnections();
    await add(2);
    await until(() => done.length === 2);

    expect(done).toEqual([{ number: 1 }, { number: 2 }]);
  });
});

async function loseConnections(): Promise<void> {
  const superuser = new pg.Client({ connectionString: app.database.superuserUrl });
  await superuser.connect();
  await superuser.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [new URL(app.ownerUrl).pathname.slice(1)],
  );
  await superuser.end();
}

/** Asks the database meanwhile, so that time passes without a pause of its own. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds() && performance.now() < deadline) await app.sql('select pg_sleep(0.01)');
}
