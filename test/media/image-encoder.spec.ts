import { availableParallelism } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { ImageEncoder } from '../../src/media/image-encoder.js';
import { handmadePng, jpeg } from './images.js';

const square = { width: 512, height: 512, fit: 'cover' } as const;

describe('The encoder', () => {
  it('works on two pictures at once, lets eight wait, and refuses the others at once', async () => {
    const encoder = new ImageEncoder();
    const picture = await jpeg();

    const outcomes = await Promise.allSettled(
      Array.from({ length: 14 }, () => encoder.encode(picture, square)),
    );

    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(14 - 8 - Math.min(2, availableParallelism()));
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ kind: { code: 'unavailable' }, retryAfterSeconds: 1 });
    }
    await expect(encoder.encode(picture, square)).resolves.toMatchObject({ width: 512, height: 512 });
  });

  it('refuses pictures that are too large for their format before it decodes them', async () => {
    const encoder = new ImageEncoder();
    // As many pixels as one may have, and one row more; neither has any.
    const allowed = handmadePng(5_000, 5_000, [], Buffer.alloc(0));
    const large = handmadePng(5_000, 5_001, [], Buffer.alloc(0));

    await expect(encoder.encode(allowed, square)).rejects.toMatchObject({
      errors: [{ pointer: '/file', detail: 'cannot be read' }],
    });
    await expect(encoder.encode(large, square)).rejects.toMatchObject({
      errors: [{ pointer: '/file', detail: expect.stringContaining('pixels') }],
    });
  });
});
