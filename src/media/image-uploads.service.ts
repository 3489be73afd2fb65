import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { ImageEncoder, type ImageShape } from './image-encoder.js';
import { MediaStorage, newStorageKey, storageProblem } from './media-storage.js';
import { announceObject, insertMedia, keepObject, type NewMedia } from './media.queries.js';
import { UploadPlaces } from './upload-places.js';

/** An image that lies in the storage, and goes by itself within an hour or two unless a row is made of it. */
export type StoredImage = Omit<NewMedia, 'kind' | 'userId' | 'applicationId' | 'createdBy'>;

/** Whose it is going to be, or who brings it. */
type Uploader = { readonly userId: string; readonly organization: Pick<Actor['organization'], 'id'> };

/** From the bytes that somebody sends to an object in the storage, and from there to a row. */
@Injectable()
export class ImageUploads {
  readonly #places = new UploadPlaces();

  constructor(
    private readonly database: Database,
    private readonly encoder: ImageEncoder,
    private readonly storage: MediaStorage,
  ) {}

  /**
   * Outside any transaction: people have slow lines, and images take time. The object is announced first, so that it
   * cannot outlive a server that dies before the row is made.
   *
   * @throws Problem `unsupported_image`, `invalid_image`, `too_many_requests`, `unavailable`, and what `read` throws
   */
  receive(actor: Uploader, read: () => Promise<Buffer>, shape: ImageShape): Promise<StoredImage> {
    const uploader = { userId: actor.userId, organizationId: actor.organization.id };
    return this.#places.run(uploader, async () => {
      const { bytes, width, height } = await this.encoder.encode(await read(), shape);
      const storageKey = newStorageKey();
      await this.database.forOrganization(actor.organization.id, (tx) => announceObject(tx, storageKey));
      await this.storage.write(storageKey, bytes);
      const contentHash = hash('sha256', bytes, 'buffer');
      return { id: newId(), size: bytes.length, width, height, contentHash, storageKey };
    });
  }

  /** Makes the row, in the transaction of the change that shows it. */
  async keep(
    tx: Transaction,
    actor: Uploader,
    image: StoredImage,
    owner: Pick<NewMedia, 'kind' | 'userId' | 'applicationId'>,
  ): Promise<void> {
    const kept = await keepObject(tx, image.storageKey);
    if (!kept) throw storageProblem(new Error('the image was not kept in time'));
    await insertMedia(tx, { ...image, ...owner, createdBy: actor.userId });
  }
}
