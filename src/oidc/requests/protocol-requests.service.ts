import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { MicroBatch } from '../../platform/database/micro-batch.js';
import {
  type Asked,
  type Known,
  readRequests,
  type Step,
  writeRequests,
  type Written,
} from './protocol-requests.queries.js';

/** The two ways to the database that most protocol requests take: one to read, and one to write. */
@Injectable()
export class ProtocolRequests {
  readonly #reads: MicroBatch<Asked, Known | null>;
  readonly #writes: MicroBatch<{ organization: string; steps: readonly Step[] }, Written>;

  constructor(database: Database) {
    this.#reads = new MicroBatch((asked) => readRequests(database, asked));
    this.#writes = new MicroBatch((requests) => writeRequests(database, requests));
  }

  read(asked: Asked): Promise<Known | null> {
    return this.#reads.ask(asked);
  }

  /** All steps in one transaction, up to one that finds something used before. */
  write(organization: string, steps: readonly Step[]): Promise<Written> {
    return this.#writes.ask({ organization, steps });
  }
}
