import { Global, Module } from '@nestjs/common';
import { JobDatabase } from '../database/job-database.js';
import { Jobs } from './jobs.js';

/** Work in the background, away from requests. */
@Global()
@Module({ providers: [JobDatabase, Jobs], exports: [JobDatabase, Jobs] })
export class JobsModule {}
