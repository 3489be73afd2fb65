import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';

export const bucket = 'tenantry-media';

export interface S3Server {
  settings: Record<string, string>;
  /** Names of the objects in the bucket. */
  objects(): string[];
  /** Answers nothing any more; `objects` still tells. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** A server that speaks S3 and checks signatures, in this process. */
export async function startS3Server(): Promise<S3Server> {
  const directory = makeTemporaryDirectory('s3');
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  let isRunning = true;
  const stop = async (): Promise<void> => {
    if (isRunning) await server.close();
    isRunning = false;
  };
  return {
    settings: {
      MEDIA_S3_BUCKET: bucket,
      MEDIA_S3_ENDPOINT: `http://127.0.0.1:${port}`,
      MEDIA_S3_ACCESS_KEY_ID: 'S3RVER',
      MEDIA_S3_SECRET_ACCESS_KEY: 'S3RVER',
    },
    objects: () => {
      const folder = join(directory, bucket, 'media');
      const files = existsSync(folder) ? readdirSync(folder) : [];
      return files
        .filter((name) => name.endsWith('_object'))
        .map((name) => name.replace(/\._S3rver_object$/, ''));
    },
    stop,
    remove: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
