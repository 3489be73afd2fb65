export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'avif';

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');
const jpegSignature = Buffer.from('ffd8ff', 'hex');

/** What the content is, whatever it is called; null for everything that is not read here. */
export function imageFormatOf(bytes: Buffer): ImageFormat | null {
  if (bytes.subarray(0, 8).equals(pngSignature)) return 'png';
  if (bytes.subarray(0, 3).equals(jpegSignature)) return 'jpeg';
  if (textAt(bytes, 0) === 'RIFF' && textAt(bytes, 8) === 'WEBP') return 'webp';
  return brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis') ? 'avif' : null;
}

/**
 * What is wrong with the container before anything is decoded, or null: a moving picture, a part that is missing, or more
 * behind the picture, where a file that is two things at once has its other half. Behind a JPEG cameras put videos and
 * second pictures, so there it is let pass: nothing but what is decoded is kept.
 */
export function flawOf(format: ImageFormat, bytes: Buffer): string | null {
  if (format === 'png') return flawOfPng(bytes);
  if (format === 'webp') return flawOfWebp(bytes);
  return format === 'avif' ? flawOfAvif(bytes) : null;
}

const moving = 'must not move';
const cutOff = 'is cut off';
const followed = 'must not be followed by anything';

/** Chunks of length, type, content and checksum (PNG, section 5.3); `acTL` announces an animation. */
function flawOfPng(bytes: Buffer): string | null {
  for (let at = pngSignature.length; at + 12 <= bytes.length;) {
    const type = textAt(bytes, at + 4);
    const end = at + 12 + bytes.readUInt32BE(at);
    if (type === 'acTL') return moving;
    if (type === 'IEND') return sizeFlaw(bytes, end);
    at = end;
  }
  return cutOff;
}

/** One RIFF chunk, whose length is made even; the flag of an animation stands in the extended header (RFC 9649). */
function flawOfWebp(bytes: Buffer): string | null {
  if (bytes.length < 21) return cutOff;
  const length = bytes.readUInt32LE(4);
  if (textAt(bytes, 12) === 'VP8X' && (bytes[20]! & 0x02) !== 0) return moving;
  return sizeFlaw(bytes, 8 + length + (length % 2));
}

/** A row of boxes (ISO/IEC 14496-12, section 4.2); the brand `avis` is that of sequences. */
function flawOfAvif(bytes: Buffer): string | null {
  if (brandsOf(bytes).includes('avis')) return moving;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at);
    if (size === 0) return null;
    const isLong = size === 1 && at + 16 <= bytes.length;
    const length = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : size;
    if (length < 8) return followed;
    at += length;
  }
  return sizeFlaw(bytes, at);
}

function sizeFlaw(bytes: Buffer, end: number): string | null {
  if (end > bytes.length) return cutOff;
  return end < bytes.length ? followed : null;
}

/** The brands of the first box, if it is one that names some. */
function brandsOf(bytes: Buffer): string[] {
  if (textAt(bytes, 4) !== 'ftyp') return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  const brands = [textAt(bytes, 8)];
  // Behind the major brand stands its version.
  for (let at = 16; at + 4 <= end; at += 4) brands.push(textAt(bytes, at));
  return brands;
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
