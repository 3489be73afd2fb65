import { Module } from '@nestjs/common';
import { ThemesModule } from '../themes/themes.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { PageHosts } from './page-hosts.service.js';

/**
 * The organization's pages for people, rendered by the server. They work without JavaScript; opening one uses nothing up,
 * a click posts; nothing from elsewhere runs in them or frames them. A leaf: nobody imports it.
 */
@Module({ imports: [VerificationModule, ThemesModule], providers: [PageHosts], exports: [PageHosts] })
export class HostedPagesModule {}
