import { Module } from '@nestjs/common';
import { MediaLinks } from './media-links.service.js';

/** The addresses of images, which depend on no other feature: users and themes show them. */
@Module({ providers: [MediaLinks], exports: [MediaLinks] })
export class MediaLinksModule {}
