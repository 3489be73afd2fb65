import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/embedded-postgres.js';

// A process of its own that holds an embedded PostgreSQL, so that a test can kill it.
process.once('SIGUSR2', () => {
  throw new Error('nobody catches this');
});
const [dataDir = ''] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  console.log(JSON.stringify({ url: postgres.url, postgresPid: postgres.pid }));
  // Open as long as the test that started this lives.
  process.stdin.resume().once('end', () => process.exit());
} catch (error) {
  console.log(JSON.stringify({ failure: (error as Error).message }));
}
