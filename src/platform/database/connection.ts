import type { PoolConfig } from 'pg';

/** No call may wait longer for PostgreSQL than this, whether it answers or is silent. */
export const statementTimeoutMilliseconds = 4_000;

/** What every connection of the server has in common. */
export function connectionOptions(applicationName: string): PoolConfig {
  return {
    application_name: applicationName,
    options: '-c search_path=tenantry,public -c timezone=UTC',
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMilliseconds,
    lock_timeout: 3_000,
    idle_in_transaction_session_timeout: 10_000,
    // A silent server does not enforce its own timeout.
    query_timeout: statementTimeoutMilliseconds + 500,
  };
}
