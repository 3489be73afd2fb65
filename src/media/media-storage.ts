import { randomBytes } from 'node:crypto';
import { Problem } from '../platform/problems/problem.js';
import { unavailable } from '../platform/problems/problems.js';

/** Where the bytes of images lie, under keys that nobody can guess. */
export abstract class MediaStorage {
  /** Once this has resolved the object is there for good, whole. @throws Problem `unavailable` */
  abstract write(key: string, bytes: Buffer): Promise<void>;

  /** Null where there is no such object. @throws Problem `unavailable` */
  abstract read(key: string): Promise<Buffer | null>;

  /** Does nothing where there is no such object. @throws Problem `unavailable` */
  abstract delete(key: string): Promise<void>;
}

export const imageType = 'image/webp';

/** Says nothing of whose object it is. Hexadecimal, because some disks take `A` for `a`. */
export function newStorageKey(): string {
  return randomBytes(24).toString('hex');
}

/** Keys become paths: nothing else gets that far. @throws Error */
export function requireStorageKey(key: string): void {
  if (!/^[0-9a-f]{48}$/.test(key)) throw new Error('this is no key of the storage');
}

export const storageProblem = (cause: unknown): Problem =>
  new Problem(unavailable, {
    detail: 'The storage of pictures does not answer',
    retryAfterSeconds: 5,
    cause,
  });
