import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { CronItem, Runner, SharedOptions, TaskList } from 'graphile-worker';
import { JobDatabase } from '../database/job-database.js';
import { LOG, type Log } from '../log/log.js';

/** Runs one job. The signal is raised when the server cannot wait any longer for the job to end. */
export type JobHandler = (payload: unknown, signal: AbortSignal) => Promise<void>;

/** Jobs that run at once on one server. */
const concurrency = 2;
/** How long the server waits for running jobs at its end before it raises their signal. */
const patienceMilliseconds = 8_000;
const restartMilliseconds = 1_000;
/** A notification wakes the worker; this is for jobs that become due by the clock. */
const pollMilliseconds = 3_000;

/**
 * Work in the background. Jobs are added in SQL, inside the transaction of the change that causes them, and a
 * notification wakes the worker when that commits. A job may run twice, so its handler must know what was done.
 */
@Injectable()
export class Jobs implements BeforeApplicationShutdown {
  readonly #handlers = new Map<string, JobHandler>();
  readonly #schedules: { task: string; match: string }[] = [];
  readonly #ending = new AbortController();
  #runner: Runner | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly database: JobDatabase,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Says what jobs of this name do. To be called before the worker starts. */
  handle(task: string, handler: JobHandler): void {
    this.#handlers.set(task, handler);
  }

  /** Runs this by the clock (UTC) on one of the servers. @param match five fields, as in crontab */
  schedule(task: string, match: string, handler: JobHandler): void {
    this.handle(task, handler);
    this.#schedules.push({ task, match });
  }

  /** Begins to work; comes back at once, and works until the application ends, whatever happens to the database. */
  start(): void {
    this.#running ??= this.keepRunning();
  }

  /** Does what is due now, in this call: for tests and for programs that end. */
  async drain(): Promise<void> {
    const { runOnce } = await import('graphile-worker');
    await runOnce(await this.options());
  }

  /** Runs a job of this name at once, without the queue. */
  async run(task: string, payload: unknown = {}): Promise<void> {
    const handler = this.#handlers.get(task);
    if (handler === undefined) throw new Error(`there are no jobs of the name "${task}"`);
    await handler(payload, this.#ending.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#ending.abort();
    await this.#runner?.stop().catch(() => {});
    await this.#running;
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const { parseCronItems, run } = await import('graphile-worker');
        this.#runner = await run({
          ...(await this.options()),
          concurrency,
          pollInterval: pollMilliseconds,
          parsedCronItems: parseCronItems(this.#schedules satisfies CronItem[]),
        });
        if (signal.aborted) await this.#runner.stop();
        await this.#runner.promise;
      } catch (error) {
        // A database that is away is reported where it is asked for something that somebody waits for.
        this.log.warn({ error }, 'the worker of background jobs stopped');
      }
      this.#runner = undefined;
      await pause(restartMilliseconds, undefined, { signal }).catch(() => {});
    }
  }

  private async options(): Promise<SharedOptions & { taskList: TaskList; noHandleSignals: true }> {
    const { Logger } = await import('graphile-worker');
    const taskList: TaskList = Object.fromEntries(
      [...this.#handlers].map(([name, handler]) => [
        name,
        async (payload: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
          handler(payload, abortSignal),
      ]),
    );
    return {
      pgPool: await this.database.jobPool(),
      taskList,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: patienceMilliseconds,
      logger: new Logger(() => (level, message) => {
        if (level === 'error') this.log.error({ jobs: message }, 'background jobs');
        else if (level === 'warning') this.log.warn({ jobs: message }, 'background jobs');
      }),
    };
  }
}
