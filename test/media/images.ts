import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A picture that is red above and blue below, so that one can see how it stands. */
function drawn(width: number, height: number) {
  const blue = { create: { width, height: height / 2, channels: 3 as const, background: '#0000ff' } };
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    { input: blue, top: height / 2, left: 0 },
  ]);
}

export const png = (width = 800, height = 600): Promise<Buffer> => drawn(width, height).png().toBuffer();
export const jpeg = (): Promise<Buffer> => drawn(800, 600).jpeg().toBuffer();
export const webp = (): Promise<Buffer> => drawn(800, 600).webp().toBuffer();
export const avif = (): Promise<Buffer> => drawn(800, 600).avif({ effort: 0 }).toBuffer();
export const gif = (): Promise<Buffer> => drawn(80, 60).gif().toBuffer();
export const tiff = (): Promise<Buffer> => drawn(80, 60).tiff().toBuffer();

export const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
);
export const pdf = Buffer.from(
  '%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF',
);

/** Half of it is transparent. */
export const transparent = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 4, background: { r: 0, g: 128, b: 0, alpha: 0.5 } } })
    .png()
    .toBuffer();

/** Lies on its side, as cameras store it, and says where it was taken. */
export const photograph = (): Promise<Buffer> =>
  drawn(800, 600)
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Copyright: 'secret-holder' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' },
    })
    .jpeg()
    .toBuffer();

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** A grey PNG by hand, with chunks of one's own before its pixels. */
export function handmadePng(width: number, height: number, extra: Buffer[] = [], pixels?: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', pixels ?? deflateSync(Buffer.alloc((width + 1) * height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A few hundred bytes that become 10 GB. */
export const bomb = (): Buffer => handmadePng(100_000, 100_000, [], deflateSync(Buffer.alloc(1_000_000)));

/** Two frames, as `acTL` says. */
export const animatedPng = (): Buffer =>
  handmadePng(4, 4, [chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]))]);

export async function animatedWebp(): Promise<Buffer> {
  const frames = Buffer.concat([Buffer.alloc(16 * 16 * 3, 0), Buffer.alloc(16 * 16 * 3, 255)]);
  return sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } as never })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer();
}

export interface Look {
  format: string;
  width: number;
  height: number;
  hasAlpha: boolean;
  hasMetadata: boolean;
  /** The colours in the middle of the upper and the lower edge, as `r,g,b`. */
  above: string;
  below: string;
}

export async function lookAt(bytes: Buffer): Promise<Look> {
  const { format, width, height, hasAlpha, exif, icc, xmp, iptc } = await sharp(bytes).metadata();
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const colourAt = (y: number): string => {
    const at = (y * info.width + Math.floor(info.width / 2)) * info.channels;
    return [...data.subarray(at, at + 3)].map((value) => (value > 200 ? 255 : value < 55 ? 0 : value)).join();
  };
  return {
    format,
    width,
    height,
    hasAlpha,
    hasMetadata: [exif, icc, xmp, iptc].some((part) => part !== undefined),
    above: colourAt(2),
    below: colourAt(info.height - 3),
  };
}
