import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { JobDatabase } from '../platform/database/job-database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { countWaitingMails } from './mail-delivery.queries.js';

/** How the outbox does: what this process sent, and what waits in the database. */
@Injectable()
export class MailMetrics {
  readonly #attempts: Counter<'result'>;

  constructor({ registry }: Metrics, database: JobDatabase) {
    this.#attempts = new Counter({
      name: 'mails_total',
      help: 'Attempts to send a mail by this process, by result',
      labelNames: ['result'],
      registers: [registry],
    });
    const waiting = new Gauge({
      name: 'mails_waiting',
      help: 'Mails in the outbox of all organizations, up to 100,000: queued for a next attempt, or dead',
      labelNames: ['state'],
      registers: [registry],
      collect: async () => {
        try {
          const { queued, dead } = await database.asPlatform('count mails', countWaitingMails);
          waiting.set({ state: 'queued' }, queued);
          waiting.set({ state: 'dead' }, dead);
        } catch {
          // Without the database there is no number, and the other metrics are wanted all the more.
          waiting.reset();
        }
      },
    });
  }

  count(result: 'sent' | 'failed' | 'dead'): void {
    this.#attempts.inc({ result });
  }
}
