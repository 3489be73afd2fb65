import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { ApplicationAdministrationModule } from '../applications/application-administration.module.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { UsersModule } from '../users/users.module.js';
import { ApplicationLogosController } from './application-logos.controller.js';
import { ApplicationLogos } from './application-logos.service.js';
import { DiskStorage } from './disk-storage.js';
import { FetchedPictures } from './fetched-pictures.service.js';
import { ImageEncoder } from './image-encoder.js';
import { ImageUploads } from './image-uploads.service.js';
import { LogosController } from './logos.controller.js';
import { Logos } from './logos.service.js';
import { MediaCleanup } from './media-cleanup.service.js';
import { MediaLinksModule } from './media-links.module.js';
import { MediaStorage } from './media-storage.js';
import { MyPictureController } from './my-picture.controller.js';
import { MyPicture } from './my-picture.service.js';
import { Pictures } from './pictures.service.js';
import { S3Storage } from './s3-storage.js';
import { ServedMediaController } from './served-media.controller.js';
import { ServedMedia } from './served-media.service.js';
import { UserPicturesController } from './user-pictures.controller.js';

/**
 * Pictures and logos. Nothing is kept of what somebody sends but the pixels. A row always has its object: the object is
 * written first, and goes after the row has gone.
 */
@Module({
  imports: [MediaLinksModule, UsersModule, ApplicationAdministrationModule],
  controllers: [
    MyPictureController,
    UserPicturesController,
    LogosController,
    ApplicationLogosController,
    ServedMediaController,
  ],
  providers: [
    {
      provide: MediaStorage,
      inject: [CONFIG],
      useFactory: ({ media, server }: Config): MediaStorage =>
        media.s3Bucket === null
          ? new DiskStorage(join(server.dataDir, 'media'))
          : new S3Storage(media, media.s3Bucket),
    },
    ImageEncoder,
    ImageUploads,
    Pictures,
    FetchedPictures,
    MyPicture,
    Logos,
    ApplicationLogos,
    ServedMedia,
    MediaCleanup,
  ],
  exports: [FetchedPictures],
})
export class MediaModule {}
