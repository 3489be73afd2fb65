import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MediaStorage, requireStorageKey, storageProblem } from './media-storage.js';

/** Objects as files of the server's own user, in folders of at most 256 entries. */
export class DiskStorage extends MediaStorage {
  constructor(private readonly root: string) {
    super();
  }

  override async write(key: string, bytes: Buffer): Promise<void> {
    const path = this.pathOf(key);
    const part = `${path}.part`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeThrough(part, bytes);
      await rename(part, path);
      // The name is in the folder, and a new folder's name in the one above.
      for (const folder of [dirname(path), dirname(dirname(path)), this.root]) await syncFolder(folder);
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw storageProblem(error);
    }
  }

  override async read(key: string): Promise<Buffer | null> {
    const path = this.pathOf(key);
    try {
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw storageProblem(error);
    }
  }

  override async delete(key: string): Promise<void> {
    const path = this.pathOf(key);
    try {
      // What a server that died while writing left behind goes too.
      for (const file of [path, `${path}.part`]) await rm(file, { force: true });
    } catch (error) {
      throw storageProblem(error);
    }
  }

  private pathOf(key: string): string {
    requireStorageKey(key);
    return join(this.root, key.slice(0, 2), key.slice(2, 4), `${key}.webp`);
  }
}

async function writeThrough(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
