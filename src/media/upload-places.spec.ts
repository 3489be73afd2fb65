import { describe, expect, it } from '@jest/globals';
import { UploadPlaces } from './upload-places.js';

const work = (): { promise: Promise<void>; end: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, end: resolve };
};
const of = (organizationId: string, userId: string) => ({ organizationId, userId });
const refused = (code: string) =>
  expect.objectContaining({ kind: expect.objectContaining({ code }) }) as unknown;

describe('Places for uploads', () => {
  it('are two for one user, and free again when the work ends, well or not', async () => {
    const places = new UploadPlaces();
    const max = of('acme', 'max');
    const running = work();
    const held = Array.from({ length: 2 }, () => places.run(max, () => running.promise));

    await expect(places.run(max, async () => 'third')).rejects.toEqual(refused('too_many_requests'));
    expect(await places.run(of('acme', 'nora'), async () => 'another')).toBe('another');
    running.end();
    await Promise.all(held);

    await expect(places.run(max, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await Promise.all([1, 2].map((n) => places.run(max, async () => n)))).toEqual([1, 2]);
  });

  it('are half of what is free for one organization, whoever its users are', async () => {
    const places = new UploadPlaces();
    const running = work();
    const held: Promise<void>[] = [];
    const started: string[] = [];
    for (const organization of ['acme', 'globex', 'initech', 'hooli', 'umbrella', 'stark']) {
      for (let user = 0; user < 20; user += 1) {
        const upload = places.run(of(organization, `user ${user}`), () => {
          started.push(organization);
          return running.promise;
        });
        held.push(upload.catch((error: unknown) => void expect(error).toEqual(refused('unavailable'))));
      }
    }

    const count = (wanted: string): number =>
      started.filter((organization) => organization === wanted).length;
    expect(['acme', 'globex', 'initech', 'hooli', 'umbrella', 'stark'].map(count)).toEqual([
      8, 4, 2, 1, 1, 0,
    ]);
    running.end();
    await Promise.all(held);
    expect(await places.run(of('stark', 'tony'), async () => 'free again')).toBe('free again');
  });
});
