import { availableParallelism } from 'node:os';
import { unavailable } from '../problems/problems.js';
import { Problem } from '../problems/problem.js';

/**
 * Lets as many password hashes run at once as there are cores, and a bounded number wait. More threads than cores hash
 * slower in sum (measured: four on one core 0.6 of one), and an unbounded queue answers when nobody waits any more.
 */
export class HashGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly queueLimit: number,
    private readonly limit: number = availableParallelism(),
  ) {}

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /** @throws Problem `unavailable` when the queue is full */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limit) {
      if (this.#waiting.length >= this.queueLimit) throw new Problem(unavailable, { retryAfterSeconds: 1 });
      // The one who leaves hands its place over, so a newcomer cannot slip in between.
      await new Promise<void>((enter) => this.#waiting.push(enter));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
