import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PasswordHasher } from '../crypto/password-hasher.js';
import { Database } from '../database/database.js';

/** Prometheus metrics of this process. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to its answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  });

  constructor(database: Database, hasher: PasswordHasher) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('database_pool_connections', 'Open connections for administration', () => database.pool.total);
    this.gauge('database_pool_idle', 'Connections that nobody uses', () => database.pool.idle);
    this.gauge('database_pool_waiting', 'Requests that wait for a connection', () => database.pool.waiting);
    this.gauge('password_hashes_running', 'Password hashes at work', () => hasher.gate.running);
    this.gauge('password_hashes_queued', 'Password hashes that wait for a core', () => hasher.gate.queued);
    const uses = new Counter({
      name: 'platform_work_total',
      help: 'Transactions on the list of organizations, by reason',
      labelNames: ['reason'],
      registers: [this.registry],
      collect: () => {
        uses.reset();
        for (const [reason, count] of database.platformUses) uses.inc({ reason }, count);
      },
    });
  }

  /** A value that is read whenever somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds);
  }
}
