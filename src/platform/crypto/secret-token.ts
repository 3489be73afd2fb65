import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { bytesOfUuid, uuidOfBytes } from './uuid.js';

/** What a token is for; it is part of the token's text and so of its hash. */
export type TokenKind =
  | 'session'
  | 'api-key'
  | 'verification'
  | 'device'
  | 'client-secret'
  | 'registration'
  | 'registration-access'
  | 'access-token'
  | 'machine-token'
  | 'refresh-token';

const prefixes: Record<TokenKind, string> = {
  session: 'ten_ses_',
  'api-key': 'ten_key_',
  verification: 'ten_ver_',
  device: 'ten_dev_',
  'client-secret': 'ten_cs_',
  'access-token': 'ten_at_',
  'machine-token': 'ten_mt_',
  'refresh-token': 'ten_rt_',
  registration: 'ten_reg_',
  'registration-access': 'ten_rat_',
};

const organizationBytes = 16;
const secretBytes = 32;
const payloadBytes = organizationBytes + secretBytes;
const checksumBytes = 4;
/** Characters of a token behind its prefix: 52 bytes in base64url. */
const encodedLength = Math.ceil(((payloadBytes + checksumBytes) * 8) / 6);

/** A parsed token: which organization it names in clear, and the hash under which it is stored. */
export interface TokenReference {
  readonly organizationId: string;
  readonly tokenHash: Buffer;
}

/**
 * A new token: prefix, then base64url of organization id, 256 random bits and CRC-32 (so that leak scanners
 * recognise it and garbage costs no look-up).
 */
export function issueToken(kind: TokenKind, organizationId: string): { token: string; tokenHash: Buffer } {
  const payload = Buffer.concat([bytesOfUuid(organizationId), randomBytes(secretBytes)]);
  const token = prefixes[kind] + Buffer.concat([payload, checksum(kind, payload)]).toString('base64url');
  return { token, tokenHash: hashToken(token) };
}

/** Reads a token without any look-up; null for everything that cannot be one of that kind. */
export function parseToken(kind: TokenKind, token: string): TokenReference | null {
  const prefix = prefixes[kind];
  if (token.length !== prefix.length + encodedLength || !token.startsWith(prefix)) return null;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  if (bytes.length !== payloadBytes + checksumBytes) return null;
  const payload = bytes.subarray(0, payloadBytes);
  if (!checksum(kind, payload).equals(bytes.subarray(payloadBytes))) return null;
  return { organizationId: uuidOfBytes(payload.subarray(0, organizationBytes)), tokenHash: hashToken(token) };
}

/** SHA-256 is enough for 256 random bits: there is nothing to guess. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function checksum(kind: TokenKind, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(checksumBytes);
  bytes.writeUInt32BE(crc32(payload, crc32(prefixes[kind])));
  return bytes;
}
