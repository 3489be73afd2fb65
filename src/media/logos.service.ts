import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { ImageUploads } from './image-uploads.service.js';
import { MediaLinks } from './media-links.service.js';
import type { LogoView } from './media.dto.js';
import { deleteLogo, lockLogo } from './media.queries.js';

const shape = { width: 512, height: 256, fit: 'inside' } as const;

/** The one logo of an organization; what is transparent stays so. */
@Injectable()
export class Logos {
  constructor(
    private readonly database: Database,
    private readonly uploads: ImageUploads,
    private readonly links: MediaLinks,
    private readonly audit: Audit,
  ) {}

  async set(actor: Actor, read: () => Promise<Buffer>): Promise<LogoView> {
    const image = await this.uploads.receive(actor, read, shape);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockLogo(tx);
      await deleteLogo(tx);
      await this.uploads.keep(tx, actor, image, { kind: 'logo', userId: null });
      await this.audit.record(tx, actor, 'logo.changed', target(actor), { mediaId: image.id });
      return { logo: this.links.addressOf(tx, image.id) };
    });
  }

  remove(actor: Actor): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockLogo(tx);
      if (await deleteLogo(tx)) await this.audit.record(tx, actor, 'logo.removed', target(actor));
    });
  }
}

const target = ({ organization }: Actor) => ({ type: 'organization', id: organization.id });
