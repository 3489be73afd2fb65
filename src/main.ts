import { ConfigError, loadJudgedConfig } from './platform/config/config.js';
import { EmbeddedPostgresError } from './platform/embedded-postgres/embedded-postgres.js';
import { startServer } from './server.js';
import { judgeFirstOperator } from './setup/first-operator.js';

try {
  await startServer(await loadJudgedConfig(judgeFirstOperator));
} catch (error) {
  // People read this: one clear message, and the stack only where nobody foresaw the failure.
  const foreseen =
    error instanceof ConfigError ||
    error instanceof EmbeddedPostgresError ||
    (error as { isForeseen?: boolean }).isForeseen === true;
  console.error(foreseen ? (error as Error).message : error);
  process.exit(1);
}
