import { Integer, Nested, Text } from '../platform/http/properties.js';
import type { LastSignInCounts, StatusCounts } from './analytics.queries.js';
import { dayPattern } from './analytics.rules.js';

const Count = (describe?: string) =>
  Integer({ min: 0, max: 2_147_483_647, example: 42, ...(describe !== undefined && { describe }) });

const Day = (options: { optional?: boolean; example: string; describe?: string }) =>
  Text({ max: 10, pattern: dayPattern, patternText: 'must be a day like 2027-01-31', ...options });

export class AnalyticsQuery {
  @Day({ optional: true, example: '2027-01-01', describe: 'First day; left out, 29 days before the last' })
  from?: string;

  @Day({
    optional: true,
    example: '2027-01-31',
    describe: 'Last day; left out, today. Days are those of UTC',
  })
  to?: string;
}

export class UsersByStatusView implements StatusCounts {
  @Count()
  initializing!: number;

  @Count()
  active!: number;

  @Count()
  locked!: number;

  @Count()
  deactivated!: number;
}

export class UsersByLastSignInView implements LastSignInCounts {
  @Count()
  today!: number;

  @Count('Before today')
  last7Days!: number;

  @Count('Before that')
  last30Days!: number;

  @Count('Before that')
  last90Days!: number;

  @Count()
  longerAgo!: number;

  @Count()
  never!: number;
}

export class DayCountView {
  @Day({ example: '2027-01-31' })
  day!: string;

  @Count()
  count!: number;
}

export class RoleCountView {
  @Text({ max: 64, example: 'editor' })
  role!: string;

  @Count('Who hold it now, by themselves or through a team')
  users!: number;
}

export class AnalyticsView {
  @Day({ example: '2027-01-01' })
  from!: string;

  @Day({ example: '2027-01-31' })
  to!: string;

  @Count()
  users!: number;

  @Nested(() => UsersByStatusView)
  usersByStatus!: UsersByStatusView;

  @Nested(() => UsersByLastSignInView, { describe: 'Each user once' })
  usersByLastSignIn!: UsersByLastSignInView;

  @Nested(() => DayCountView, { list: true, describe: 'Every day of the range' })
  signInsPerDay!: DayCountView[];

  @Nested(() => DayCountView, {
    list: true,
    describe: 'Every day of the range; accounts that were deleted since count too',
  })
  newAccountsPerDay!: DayCountView[];

  @Nested(() => RoleCountView, { list: true, describe: 'The 100 that most users hold' })
  roles!: RoleCountView[];

  @Count()
  activeSessions!: number;
}
