import { Injectable } from '@nestjs/common';
import { ApplicationChanges, targetOf } from '../applications/application-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { ImageUploads } from './image-uploads.service.js';
import { MediaLinks } from './media-links.service.js';
import type { LogoView } from './media.dto.js';
import { deleteApplicationLogo } from './media.queries.js';

const shape = { width: 256, height: 256, fit: 'inside' } as const;

/** What people see beside the name of an application when they are asked for their consent. */
@Injectable()
export class ApplicationLogos {
  constructor(
    private readonly changes: ApplicationChanges,
    private readonly uploads: ImageUploads,
    private readonly links: MediaLinks,
    private readonly audit: Audit,
  ) {}

  async set(actor: Actor, applicationId: string, read: () => Promise<Buffer>): Promise<LogoView> {
    const action = 'application.logo_changed';
    // Asked twice: nothing is read of what somebody sends who may not, and much can happen while it is read.
    await this.changes.run(actor, applicationId, action, null, async () => {});
    const image = await this.uploads.receive(actor, read, shape);
    return this.changes.run(actor, applicationId, action, null, async (tx, { id }) => {
      await deleteApplicationLogo(tx, id);
      await this.uploads.keep(tx, actor, image, {
        kind: 'application_logo',
        userId: null,
        applicationId: id,
      });
      await this.changes.count(tx, id, actor.userId);
      await this.audit.record(tx, actor, action, targetOf(id), { mediaId: image.id });
      return { logo: this.links.addressOf(tx, image.id) };
    });
  }

  remove(actor: Actor, applicationId: string): Promise<void> {
    const action = 'application.logo_removed';
    return this.changes.run(actor, applicationId, action, null, async (tx, { id }) => {
      if (!(await deleteApplicationLogo(tx, id))) return;
      await this.changes.count(tx, id, actor.userId);
      await this.audit.record(tx, actor, action, targetOf(id));
    });
  }
}
