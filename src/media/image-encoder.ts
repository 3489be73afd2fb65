import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import type sharp from 'sharp';
import { HashGate } from '../platform/crypto/hash-gate.js';
import { Problem } from '../platform/problems/problem.js';
import { flawOf, type ImageFormat, imageFormatOf } from './image-format.rules.js';
import { invalidImageProblem, unsupportedImageProblem } from './media.problems.js';

export interface ImageShape {
  readonly width: number;
  readonly height: number;
  /** `cover` fills the whole size and cuts off what is over; `inside` keeps everything and may be smaller. */
  readonly fit: 'cover' | 'inside';
}

export interface EncodedImage {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What phones make. Each costs a quarter of a gigabyte at worst while it is decoded (measured), and AVIF most a pixel. */
const maxPixels: Record<ImageFormat, number> = {
  jpeg: 50_000_000,
  png: 25_000_000,
  webp: 25_000_000,
  avif: 12_500_000,
};
const maxSeconds = 5;
/** How long a line is that may be waited in: with two at work, a few seconds. */
const maxWaiting = 8;

/** A few threads of libuv are shared with password hashes and DNS: images never take all of them, nor all cores' time. */
const maxAtOnce = Math.min(2, availableParallelism());

/** Makes of whatever picture somebody sends one of ours: decoded, upright, of one size, without metadata, as WebP. */
@Injectable()
export class ImageEncoder {
  readonly #gate = new HashGate(maxWaiting, maxAtOnce);
  #sharp: Promise<typeof sharp> | undefined;

  /** @throws Problem `unsupported_image`, `invalid_image`, or `unavailable` while too many wait */
  async encode(bytes: Buffer, shape: ImageShape): Promise<EncodedImage> {
    const format = imageFormatOf(bytes);
    if (format === null) throw unsupportedImageProblem();
    const flaw = flawOf(format, bytes);
    if (flaw !== null) throw invalidImageProblem(flaw);
    return this.#gate.run(() => this.convert(bytes, maxPixels[format], shape));
  }

  private async convert(bytes: Buffer, limit: number, shape: ImageShape): Promise<EncodedImage> {
    const open = await (this.#sharp ??= loadSharp());
    try {
      const image = open(bytes, { limitInputPixels: limit, failOn: 'error', autoOrient: true });
      const { pages = 1 } = await image.metadata();
      if (pages > 1) throw invalidImageProblem('must be a single picture');
      const { data, info } = await image
        .resize({ ...shape, withoutEnlargement: shape.fit === 'inside' })
        .webp({ quality: 85, effort: 4 })
        .timeout({ seconds: maxSeconds })
        .toBuffer({ resolveWithObject: true });
      return { bytes: data, width: info.width, height: info.height };
    } catch (error) {
      if (error instanceof Problem) throw error;
      const isTooLarge = error instanceof Error && error.message.includes('pixel limit');
      throw invalidImageProblem(
        isTooLarge ? `must not have more than ${limit} pixels` : 'cannot be read',
        error,
      );
    }
  }
}

/** Loaded with the first picture: a server that only validates needs none of it. */
async function loadSharp(): Promise<typeof sharp> {
  const { default: loaded } = await import('sharp');
  // One thread an image, and nothing kept between images.
  loaded.concurrency(1);
  loaded.cache(false);
  // A format that nobody asked for is one more parser to break in through.
  const readers = ['Png', 'Jpeg', 'Webp', 'Heif'].map((format) => `VipsForeignLoad${format}Buffer`);
  loaded.block({ operation: ['VipsForeignLoad'] });
  loaded.unblock({ operation: readers });
  return loaded;
}
