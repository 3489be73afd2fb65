import { Problem } from '../platform/problems/problem.js';
import { tooManyRequests, unavailable } from '../platform/problems/problems.js';

/** Files of 5 MB that are in memory at most. */
const maxAtOnce = 16;
const maxAtOncePerUser = 4;

/** Bounds the uploads that this server holds, so that neither many nor a slow one fills its memory. */
export class UploadPlaces {
  readonly #ofUser = new Map<string, number>();
  #taken = 0;

  /** @throws Problem `unavailable`, or `too_many_requests` for one user alone */
  async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const own = this.#ofUser.get(userId) ?? 0;
    if (own >= maxAtOncePerUser) throw new Problem(tooManyRequests, { retryAfterSeconds: 1 });
    if (this.#taken >= maxAtOnce) throw new Problem(unavailable, { retryAfterSeconds: 1 });
    this.#taken += 1;
    this.#ofUser.set(userId, own + 1);
    try {
      return await work();
    } finally {
      this.#taken -= 1;
      const left = this.#ofUser.get(userId)! - 1;
      if (left === 0) this.#ofUser.delete(userId);
      else this.#ofUser.set(userId, left);
    }
  }
}
