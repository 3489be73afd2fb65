import { isDatabaseUnavailable } from './database-errors.js';

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Two statements on their way keep the database busy while the next batch gathers; more only make batches smaller. */
const statementsInFlight = 2;
/** So many go as one statement, even if another one could go beside it. */
const smallBatch = 4;
const mostInBatch = 100;

/**
 * Puts what is asked in one turn of the event loop into one statement. Nothing is remembered, so each answer is as new as
 * one of its own would be. What fails together is tried once more alone: nobody pays for the mistake of another.
 */
export class MicroBatch<Question, Answer> {
  #waiting: Waiting<Question, Answer>[] = [];
  #inFlight = 0;
  #scheduled = false;

  /** @param send a whole transaction; answers in the order of the questions */
  constructor(private readonly send: (questions: readonly Question[]) => Promise<readonly Answer[]>) {}

  ask(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ question, resolve, reject });
    this.schedule();
    return promise;
  }

  private schedule(): void {
    if (this.#scheduled || this.#inFlight >= statementsInFlight) return;
    this.#scheduled = true;
    // Behind the poll phase: everything that arrived with this turn is gathered by then.
    setImmediate(() => {
      this.#scheduled = false;
      for (let free = statementsInFlight - this.#inFlight; free > 0 && this.#waiting.length > 0; free--) {
        const share = Math.max(smallBatch, Math.ceil(this.#waiting.length / free));
        void this.answer(this.#waiting.splice(0, Math.min(mostInBatch, share)));
      }
    });
  }

  private async answer(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.together(batch);
    } finally {
      this.#inFlight -= 1;
      if (this.#waiting.length > 0) this.schedule();
    }
  }

  private async together(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.send(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      // A lost connection leaves open whether it was done, and there only an answer of the database tells that it was not.
      if (batch.length === 1 || !wasRolledBack(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const one of batch) await this.together([one]);
    }
  }
}

const deadlock = '40P01';

function wasRolledBack(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    code === deadlock || (typeof code === 'string' && code.length === 5 && !isDatabaseUnavailable(error))
  );
}
