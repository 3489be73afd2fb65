import { Module } from '@nestjs/common';
import { Retention } from './retention.service.js';

/** How long things stay that nobody deletes. */
@Module({ providers: [Retention] })
export class RetentionModule {}
