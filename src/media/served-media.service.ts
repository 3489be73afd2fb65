import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { LOG, type Log } from '../platform/log/log.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { MediaLinks } from './media-links.service.js';
import { MediaStorage } from './media-storage.js';
import { findServedMedia } from './media.queries.js';

export interface ServedImage {
  /** Names the content. */
  readonly etag: string;
  /** @throws Problem `not_found`, `unavailable` */
  readonly read: () => Promise<Buffer>;
}

/** What is behind a link, for whoever has it. Wrong, forged and old links are all the same. */
@Injectable()
export class ServedMedia {
  constructor(
    private readonly database: Database,
    private readonly links: MediaLinks,
    private readonly storage: MediaStorage,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws Problem `not_found` */
  async open(link: string): Promise<ServedImage> {
    const { organizationId, mediaId } = this.links.read(link) ?? raise(notFoundProblem());
    const media = await this.database.forOrganization(organizationId, (tx) => findServedMedia(tx, mediaId));
    const { storage_key: key, content_hash: digest } = media ?? raise(notFoundProblem());
    return { etag: `"${digest.toString('base64url')}"`, read: () => this.read(key, mediaId) };
  }

  private async read(key: string, mediaId: string): Promise<Buffer> {
    const bytes = await this.storage.read(key);
    if (bytes !== null) return bytes;
    // An object is written before its row is made, and goes after it: somebody else has been at the storage.
    this.log.error({ mediaId }, 'an image is missing in the storage');
    throw notFoundProblem();
  }
}
