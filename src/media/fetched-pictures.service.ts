import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import { Outbound } from '../platform/outbound/outbound.js';
import { ImageUploads } from './image-uploads.service.js';
import { hasPicture, setPicture } from './media.queries.js';
import { pictureShape } from './pictures.service.js';

/** Pictures that are somewhere else, and become ours: fetched once, and made anew from their pixels. */
@Injectable()
export class FetchedPictures {
  constructor(
    private readonly database: Database,
    private readonly outbound: Outbound,
    private readonly uploads: ImageUploads,
    private readonly audit: Audit,
  ) {}

  /**
   * Gives it to a user who has none by now.
   *
   * @throws OutboundError, Problem `unsupported_image`, `invalid_image`, `unavailable`
   */
  async fetch(organizationId: string, userId: string, address: string): Promise<void> {
    const uploader = { userId, organization: { id: organizationId } };
    const image = await this.uploads.receive(
      uploader,
      async () => (await this.outbound.send(address, { headers: { accept: 'image/*' } })).body,
      pictureShape,
    );
    await this.database.forOrganization(organizationId, async (tx) => {
      if ((await hasPicture(tx, userId)) !== false) return;
      await this.uploads.keep(tx, uploader, image, { kind: 'picture', userId });
      await setPicture(tx, userId, image.id, userId);
      await this.audit.record(
        tx,
        'system',
        'picture.changed',
        { type: 'user', id: userId },
        { mediaId: image.id },
      );
    });
  }
}
