import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { MediaStorage } from './media-storage.js';
import { finishDeletions, takeDeletions } from './media.queries.js';

const batch = 100;
const atOnce = 8;

/**
 * Removes objects whose rows have gone, with whomever they went, and those that no row was ever made of. What the storage
 * does not remove now is tried again, later and later.
 */
@Injectable()
export class MediaCleanup implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly storage: MediaStorage,
    private readonly jobs: Jobs,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('remove-media', '* * * * *', (_, signal) => this.run(signal));
  }

  /** Works until nothing is due, or the storage does nothing. */
  async run(signal?: AbortSignal): Promise<void> {
    for (let taken = batch; taken === batch && !signal?.aborted;) taken = await this.removeSome();
  }

  /** @returns how many have gone, at most a batch */
  private async removeSome(): Promise<number> {
    const keys = await this.database.asPlatform('media.remove', (tx) => takeDeletions(tx, batch));
    const removed: string[] = [];
    for (let first = 0; first < keys.length; first += atOnce) {
      await Promise.all(
        keys.slice(first, first + atOnce).map(async (key) => {
          if (await this.remove(key)) removed.push(key);
        }),
      );
    }
    if (removed.length > 0)
      await this.database.asPlatform('media.remove', (tx) => finishDeletions(tx, removed));
    return removed.length;
  }

  private async remove(key: string): Promise<boolean> {
    try {
      await this.storage.delete(key);
      return true;
    } catch (error) {
      this.log.warn({ error }, 'an image could not be removed from the storage');
      return false;
    }
  }
}
