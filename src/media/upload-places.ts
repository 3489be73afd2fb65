import { Problem } from '../platform/problems/problem.js';
import { tooManyRequests, unavailable } from '../platform/problems/problems.js';

/** Files of 5 MB that are in memory at most. */
const maxAtOnce = 16;
const maxAtOncePerUser = 2;

/** Whoever sends a file, and for whom. */
export interface Uploader {
  readonly userId: string;
  readonly organizationId: string;
}

/**
 * Bounds the uploads that this server holds, so that neither many nor slow ones fill its memory. Nobody gets all places: an
 * organization may take another one while it has fewer than are free. Alone it gets half of them, and four that take what
 * they can still leave one to the fifth.
 */
export class UploadPlaces {
  readonly #ofUser = new Map<string, number>();
  readonly #ofOrganization = new Map<string, number>();
  #taken = 0;

  /** @throws Problem `too_many_requests` for what the user has under way already, else `unavailable` */
  async run<T>({ userId, organizationId }: Uploader, work: () => Promise<T>): Promise<T> {
    const user = `${organizationId} ${userId}`;
    if (countOf(this.#ofUser, user) >= maxAtOncePerUser) {
      throw new Problem(tooManyRequests, { retryAfterSeconds: 1 });
    }
    if (countOf(this.#ofOrganization, organizationId) >= maxAtOnce - this.#taken) {
      throw new Problem(unavailable, { retryAfterSeconds: 1 });
    }
    this.count(user, organizationId, 1);
    try {
      return await work();
    } finally {
      this.count(user, organizationId, -1);
    }
  }

  private count(user: string, organizationId: string, change: 1 | -1): void {
    this.#taken += change;
    changeCount(this.#ofUser, user, change);
    changeCount(this.#ofOrganization, organizationId, change);
  }
}

function countOf(counts: Map<string, number>, key: string): number {
  return counts.get(key) ?? 0;
}

function changeCount(counts: Map<string, number>, key: string, change: number): void {
  const count = countOf(counts, key) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
