import { Module } from '@nestjs/common';
import { AttemptLimits } from './attempt-limits.service.js';

/** Limits on guessing and flooding, counted before anything is judged. */
@Module({ providers: [AttemptLimits], exports: [AttemptLimits] })
export class AttemptLimitsModule {}
