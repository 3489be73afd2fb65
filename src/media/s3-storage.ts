import type { OnApplicationShutdown } from '@nestjs/common';
import type * as S3 from '@aws-sdk/client-s3';
import type { Config } from '../platform/config/settings.js';
import { Problem } from '../platform/problems/problem.js';
import { imageType, MediaStorage, requireStorageKey, storageProblem } from './media-storage.js';

/** No call waits longer, whether the other side answers or is silent; the client tries twice in it. */
const patienceMilliseconds = 6_000;

/** Objects in a bucket of Amazon S3, or of what speaks its protocol. */
export class S3Storage extends MediaStorage implements OnApplicationShutdown {
  readonly #bucket: string;
  #connection: Promise<Connection> | undefined;

  constructor(
    private readonly settings: Config['media'],
    bucket: string,
  ) {
    super();
    this.#bucket = bucket;
  }

  override async write(key: string, bytes: Buffer): Promise<void> {
    const object = { ...this.at(key), Body: bytes, ContentType: imageType };
    await this.ask((s3) => new s3.PutObjectCommand(object));
  }

  override async read(key: string): Promise<Buffer | null> {
    const object = this.at(key);
    try {
      const { Body } = await this.ask<S3.GetObjectCommandOutput>((s3) => new s3.GetObjectCommand(object));
      return Body === undefined ? null : Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (causeOf(error)?.name === 'NoSuchKey') return null;
      throw error instanceof Problem ? error : storageProblem(error);
    }
  }

  override async delete(key: string): Promise<void> {
    const object = this.at(key);
    await this.ask((s3) => new s3.DeleteObjectCommand(object));
  }

  /** Ends kept connections. */
  async onApplicationShutdown(): Promise<void> {
    (await this.#connection)?.client.destroy();
  }

  private at(key: string): { Bucket: string; Key: string } {
    requireStorageKey(key);
    return { Bucket: this.#bucket, Key: `media/${key}.webp` };
  }

  private async ask<Answer>(command: (s3: typeof S3) => unknown): Promise<Answer> {
    try {
      const { s3, client } = await (this.#connection ??= connect(this.settings));
      const abortSignal = AbortSignal.timeout(patienceMilliseconds);
      return (await client.send(command(s3) as never, { abortSignal })) as Answer;
    } catch (error) {
      throw storageProblem(error);
    }
  }
}

interface Connection {
  s3: typeof S3;
  client: S3.S3Client;
}

/** Loaded with the first image: the client is large. */
async function connect(settings: Config['media']): Promise<Connection> {
  const s3 = await import('@aws-sdk/client-s3');
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secret, s3Endpoint: endpoint, s3Region } = settings;
  const client = new s3.S3Client({
    region: s3Region,
    // Others than Amazon seldom have a host name a bucket.
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    ...(accessKeyId !== null &&
      secret !== null && { credentials: { accessKeyId, secretAccessKey: secret.reveal() } }),
    maxAttempts: 2,
    // Checksums that the client adds by default are unknown to older storages.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 4_000,
      socketTimeout: 4_000,
      throwOnRequestTimeout: true,
    },
  });
  return { s3, client };
}

function causeOf(error: unknown): Error | undefined {
  return error instanceof Problem && error.cause instanceof Error ? error.cause : undefined;
}
