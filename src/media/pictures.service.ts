import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { UserChanges } from '../users/user-changes.service.js';
import { ImageUploads } from './image-uploads.service.js';
import { MediaLinks } from './media-links.service.js';
import type { PictureView } from './media.dto.js';
import { deletePicture, setPicture } from './media.queries.js';

export const pictureShape = { width: 512, height: 512, fit: 'cover' } as const;

/** Pictures of people: their own, or that of somebody whom the actor outranks. */
@Injectable()
export class Pictures {
  constructor(
    private readonly changes: UserChanges,
    private readonly uploads: ImageUploads,
    private readonly links: MediaLinks,
    private readonly audit: Audit,
  ) {}

  async set(actor: Actor, reference: string, read: () => Promise<Buffer>): Promise<PictureView> {
    const action = 'picture.changed';
    // Asked twice: nothing is read of what somebody sends who may not, and much can happen while it is read.
    await this.changes.change(actor, reference, action, async () => {});
    const image = await this.uploads.receive(actor, read, pictureShape);
    return this.changes.change(actor, reference, action, async (tx, user) => {
      await this.uploads.keep(tx, actor, image, { kind: 'picture', userId: user.id });
      await setPicture(tx, user.id, image.id, actor.userId);
      await this.audit.record(tx, actor, action, { type: 'user', id: user.id }, { mediaId: image.id });
      return { picture: this.links.addressOf(tx, image.id) };
    });
  }

  remove(actor: Actor, reference: string): Promise<void> {
    return this.changes.change(actor, reference, 'picture.removed', async (tx, user) => {
      if (await deletePicture(tx, user.id))
        await this.audit.record(tx, actor, 'picture.removed', { type: 'user', id: user.id });
    });
  }
}
