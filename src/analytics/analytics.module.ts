import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { Analytics } from './analytics.service.js';

/** Numbers about users and sign-ins. Days are counted by the database as they happen; the rest is read from indexes. */
@Module({ controllers: [AnalyticsController], providers: [Analytics] })
export class AnalyticsModule {}
