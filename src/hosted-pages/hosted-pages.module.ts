import { Module } from '@nestjs/common';
import { VerificationModule } from '../verification/verification.module.js';
import { LinkCheck } from './link-check.service.js';

/**
 * The organization's pages for people, rendered by the server. They work without JavaScript; opening one uses nothing up,
 * a click posts; nothing from elsewhere runs in them or frames them. A leaf: nobody imports it.
 */
@Module({ imports: [VerificationModule], providers: [LinkCheck], exports: [LinkCheck] })
export class HostedPagesModule {}
