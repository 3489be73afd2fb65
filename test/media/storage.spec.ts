import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DiskStorage } from '../../src/media/disk-storage.js';
import { type MediaStorage, newStorageKey } from '../../src/media/media-storage.js';
import { S3Storage } from '../../src/media/s3-storage.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import { bucket, type S3Server, startS3Server } from './s3-server.js';

let root: string;
let s3: S3Server;
let storages: Record<string, MediaStorage>;
let broken: Record<string, MediaStorage>;

beforeAll(async () => {
  root = makeTemporaryDirectory('media');
  s3 = await startS3Server();
  writeFileSync(join(root, 'a file'), '');
  storages = { 'a disk': new DiskStorage(join(root, 'media')), S3: s3Storage() };
  broken = {
    'a disk': new DiskStorage(join(root, 'a file', 'media')),
    S3: s3Storage({ MEDIA_S3_SECRET_ACCESS_KEY: 'another one' }),
  };
});
afterAll(async () => {
  for (const storage of [...Object.values(storages), ...Object.values(broken)]) {
    if (storage instanceof S3Storage) await storage.onApplicationShutdown();
  }
  await s3.remove();
  rmSync(root, { recursive: true, force: true });
});

function s3Storage(settings: Record<string, string> = {}): S3Storage {
  const keys = Buffer.alloc(32, 'k').toString('base64');
  const own = { ENCRYPTION_KEYS: `k1:${keys}`, PASSWORD_PEPPER: `p1:${keys}` };
  return new S3Storage(loadConfig({ ...own, ...s3.settings, ...settings }).media, bucket);
}

/** The contract of every storage. */
describe.each(['a disk', 'S3'])('A storage on %s', (name) => {
  it('gives back what was written', async () => {
    const storage = storages[name]!;
    const [key, other] = [newStorageKey(), newStorageKey()];
    const bytes = Buffer.from([0, 255, 128, 10, 13, 0]);

    await storage.write(key, bytes);
    await storage.write(other, Buffer.from('another one'));

    expect(await storage.read(key)).toEqual(bytes);
  });

  it('holds nothing under other keys', async () => {
    expect(await storages[name]!.read(newStorageKey())).toBeNull();
  });

  it('forgets what is deleted, once and again', async () => {
    const storage = storages[name]!;
    const key = newStorageKey();
    await storage.write(key, Buffer.from('going'));

    await storage.delete(key);
    await storage.delete(key);

    expect(await storage.read(key)).toBeNull();
  });

  it('takes no text for a key that is none', async () => {
    for (const key of ['', '../../etc/passwd', `${newStorageKey()}/x`, newStorageKey().toUpperCase(), '..']) {
      await expect(async () => storages[name]!.read(key)).rejects.toThrow('no key');
    }
  });

  it('says that it is unavailable when it is', async () => {
    const storage = broken[name]!;
    const key = newStorageKey();

    for (const attempt of [
      () => storage.write(key, Buffer.from('x')),
      () => storage.read(key),
      () => storage.delete(key),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ kind: { code: 'unavailable' } });
    }
  });
});

describe('The disk', () => {
  it('keeps files for the server alone, and no half of one', async () => {
    const key = newStorageKey();
    await storages['a disk']!.write(key, Buffer.from('mine'));

    const folder = join(root, 'media', key.slice(0, 2), key.slice(2, 4));
    expect(readdirSync(folder)).toEqual([`${key}.webp`]);
    expect(statSync(join(folder, `${key}.webp`)).mode & 0o777).toBe(0o600);
    for (const path of [folder, join(root, 'media')]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('removes what a server that died while writing left', async () => {
    const key = newStorageKey();
    await storages['a disk']!.write(key, Buffer.from('x'));
    const part = join(root, 'media', key.slice(0, 2), key.slice(2, 4), `${key}.webp.part`);
    writeFileSync(part, 'half');

    await storages['a disk']!.delete(key);

    expect(existsSync(part)).toBe(false);
  });
});
