import { describe, expect, it } from '@jest/globals';
import { flawOf, imageFormatOf } from './image-format.rules.js';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

const pngStart = '\x89PNG\r\n\x1a\n';
const pngChunk = (type: string, content = ''): Buffer =>
  bytes([0, 0, 0, content.length], type, content, [1, 2, 3, 4]);
const png = (...chunks: Buffer[]): Buffer => Buffer.concat([bytes(pngStart), ...chunks]);
const header = pngChunk('IHDR', '.............');
const end = pngChunk('IEND');

/** @param flags of the extended header; `null` for a file without one */
const webp = (flags: number | null = null): Buffer =>
  bytes(
    'RIFF',
    [22, 0, 0, 0],
    'WEBP',
    flags === null ? 'VP8 ' : 'VP8X',
    [10, 0, 0, 0],
    [flags ?? 0],
    '.........',
  );

const box = (type: string, content: string): Buffer => bytes([0, 0, 0, content.length + 8], type, content);
const avif = (brand = 'avif', others = 'mif1'): Buffer =>
  Buffer.concat([box('ftyp', `${brand}\0\0\0\0${others}`), box('mdat', 'pixels')]);

describe('imageFormatOf', () => {
  it.each<[string, Buffer, string | null]>([
    ['a PNG', png(header, end), 'png'],
    ['a JPEG', bytes('\xff\xd8\xff\xe0'), 'jpeg'],
    ['a WebP', webp(), 'webp'],
    ['an AVIF', avif(), 'avif'],
    ['an AVIF that says so second', avif('mif1', 'miafavif'), 'avif'],
    ['a sequence of AVIF', avif('avis', 'msf1'), 'avif'],
    ['a HEIC', avif('heic', 'mif1'), null],
    ['a video', avif('isom', 'mp41'), null],
    ['a GIF', bytes('GIF89a'), null],
    ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), null],
    ['a PDF', bytes('%PDF-1.4'), null],
    ['a sound in RIFF', bytes('RIFF', [4, 0, 0, 0], 'WAVE'), null],
    ['a PNG behind something else', bytes('GIF89a', pngStart), null],
    ['nothing', bytes(''), null],
    ['less than a signature', bytes('\x89PN'), null],
  ])('of %s', (_, content, format) => {
    expect(imageFormatOf(content)).toBe(format);
  });
});

describe('flawOf', () => {
  it.each<[string, Parameters<typeof flawOf>[0], Buffer, string | null]>([
    ['a PNG', 'png', png(header, end), null],
    ['a PNG without its end', 'png', png(header), 'is cut off'],
    ['a PNG that ends inside a chunk', 'png', png(header, end).subarray(0, -2), 'is cut off'],
    [
      'a PNG whose chunk is longer than the file',
      'png',
      png(bytes([255, 255, 255, 255], 'IDAT')),
      'is cut off',
    ],
    [
      'a PNG before a script',
      'png',
      bytes([...png(header, end)], '<script>'),
      'must not be followed by anything',
    ],
    ['a moving PNG', 'png', png(header, pngChunk('acTL', '........'), end), 'must not move'],
    ['a WebP', 'webp', webp(), null],
    ['a WebP with transparency', 'webp', webp(0x10), null],
    ['a moving WebP', 'webp', webp(0x12), 'must not move'],
    ['a WebP that is cut off', 'webp', webp().subarray(0, -3), 'is cut off'],
    ['the beginning of a WebP', 'webp', webp().subarray(0, 12), 'is cut off'],
    ['a WebP before a ZIP', 'webp', bytes([...webp()], 'PK\x03\x04'), 'must not be followed by anything'],
    ['an AVIF', 'avif', avif(), null],
    [
      'an AVIF whose last box goes to the end',
      'avif',
      bytes([...box('ftyp', 'avif\0\0\0\0')], [0, 0, 0, 0], 'mdat...'),
      null,
    ],
    ['a moving AVIF', 'avif', avif('avis'), 'must not move'],
    ['an AVIF that is cut off', 'avif', avif().subarray(0, -1), 'is cut off'],
    ['an AVIF before a script', 'avif', bytes([...avif()], '<s>'), 'must not be followed by anything'],
    [
      'an AVIF with an empty box',
      'avif',
      bytes([...avif()], [0, 0, 0, 2], 'free'),
      'must not be followed by anything',
    ],
    ['a JPEG with a video behind it', 'jpeg', bytes('\xff\xd8\xff', 'video'), null],
  ])('of %s', (_, format, content, flaw) => {
    expect(flawOf(format, content)).toBe(flaw);
  });
});
