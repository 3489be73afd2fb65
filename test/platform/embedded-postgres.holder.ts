import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/embedded-postgres.js';

// A process of its own that holds an embedded PostgreSQL, so that a test can kill it.
const [dataDir = ''] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres({ dataDir });
  console.log(JSON.stringify({ url: postgres.url, postgresPid: postgres.pid }));
  process.once('SIGUSR2', () => {
    throw new Error('nobody catches this');
  });
  setInterval(() => {}, 60_000);
} catch (error) {
  console.log(JSON.stringify({ failure: (error as Error).message }));
}
