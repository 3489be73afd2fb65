import { describe, expect, it } from '@jest/globals';
import { UploadPlaces } from './upload-places.js';

const work = (): { promise: Promise<void>; end: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, end: resolve };
};

describe('Places for uploads', () => {
  it('are four for one user, and free again when the work ends, well or not', async () => {
    const places = new UploadPlaces();
    const running = work();
    const held = Array.from({ length: 4 }, () => places.run('max', () => running.promise));

    await expect(places.run('max', async () => 'fifth')).rejects.toMatchObject({
      kind: { code: 'too_many_requests' },
    });
    expect(await places.run('nora', async () => 'another')).toBe('another');
    running.end();
    await Promise.all(held);

    await expect(places.run('max', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await Promise.all([1, 2, 3, 4].map((n) => places.run('max', async () => n)))).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('are sixteen for everybody', async () => {
    const places = new UploadPlaces();
    const running = work();
    const held = Array.from({ length: 16 }, (_, user) => places.run(`user ${user}`, () => running.promise));

    await expect(places.run('one more', async () => 'x')).rejects.toMatchObject({
      kind: { code: 'unavailable' },
    });
    running.end();
    await Promise.all(held);

    expect(await places.run('one more', async () => 'x')).toBe('x');
  });
});
