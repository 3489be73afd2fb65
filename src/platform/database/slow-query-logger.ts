import type { Logger } from 'typeorm';
import type { Log } from '../log/log.js';

/** TypeORM's logger: slow statements, without their values, which may be secrets. */
export class SlowQueryLogger implements Logger {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  logQuerySlow(milliseconds: number, statement: string): void {
    this.#log.warn({ milliseconds, statement: statement.replace(/\s+/g, ' ').slice(0, 1_000) }, 'slow query');
  }

  logQuery(): void {}
  logQueryError(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
