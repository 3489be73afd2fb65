import { ConfigError, loadConfig } from './platform/config/config.js';
import { EmbeddedPostgresError } from './platform/embedded-postgres/embedded-postgres.js';
import { startServer } from './server.js';

try {
  await startServer(loadConfig());
} catch (error) {
  // People read this: one clear message, and the stack only where nobody foresaw the failure.
  const foreseen =
    error instanceof ConfigError ||
    error instanceof EmbeddedPostgresError ||
    (error as { isForeseen?: boolean }).isForeseen === true;
  console.error(foreseen ? (error as Error).message : error);
  process.exit(1);
}
