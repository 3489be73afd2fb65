import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { AnalyticsQuery, AnalyticsView } from './analytics.dto.js';
import {
  countActiveSessions,
  countByDay,
  countByLastSignIn,
  countByRole,
  countByStatus,
  foldDailyCounts,
  readIndexes,
} from './analytics.queries.js';
import { perDay, readDays } from './analytics.rules.js';

const mostRoles = 100;
const foldedAtOnce = 5_000;

/** How many people an organization has, and how they come. */
@Injectable()
export class Analytics implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('fold-daily-counts', '*/5 * * * *', (_, signal) => this.fold(signal));
  }

  /** @throws Problem `invalid_request` for days that do not make a range */
  read(actor: Actor, query: AnalyticsQuery): Promise<AnalyticsView> {
    const range = readDays(query, new Date());
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await readIndexes(tx);
      const usersByStatus = await countByStatus(tx);
      const daily = await countByDay(tx, range);
      const ofKind = (kind: string) =>
        perDay(
          range,
          daily.filter((count) => count.kind === kind),
        );
      return {
        ...range,
        users: Object.values(usersByStatus).reduce((sum, count) => sum + count, 0),
        usersByStatus,
        usersByLastSignIn: await countByLastSignIn(tx),
        signInsPerDay: ofKind('sign_in'),
        newAccountsPerDay: ofKind('account'),
        roles: await countByRole(tx, mostRoles),
        activeSessions: await countActiveSessions(tx),
      };
    });
  }

  /** Makes one number a day of what transactions have counted since. */
  private async fold(signal: AbortSignal): Promise<void> {
    for (let folded = foldedAtOnce; folded === foldedAtOnce && !signal.aborted;) {
      folded = await this.database.asPlatform('analytics.fold', (tx) => foldDailyCounts(tx, foldedAtOnce));
    }
  }
}
