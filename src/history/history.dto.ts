import { PageOf } from '../platform/http/lists.js';
import { Id, Integer, JsonObject, Moment, Text } from '../platform/http/properties.js';

export class HistoryEntryView {
  @Id()
  id!: string;

  @Text({
    max: 64,
    example: 'email_changed',
    describe:
      'What happened: `created`, `email_change_requested`, `email_change_withdrawn`, `email_changed`, `email_verified`, ' +
      '`password_set`, `password_changed`, `password_removed`, `username_changed`, `phone_number_changed`, ' +
      '`full_name_changed`, `status_changed`',
  })
  kind!: string;

  @JsonObject({
    maxBytes: 32_768,
    example: { from: 'max@acme.example', to: 'max.meier@acme.example' },
    describe: 'Values before and after; never a password',
  })
  change!: Record<string, unknown>;

  @Id({ nullable: true, describe: 'Who did it; null for nobody who was signed in' })
  actorId!: string | null;

  @Moment()
  createdAt!: string;
}

export class ActivityView {
  @Text({ max: 64, example: 'sign_in', describe: 'What was done' })
  kind!: string;

  @Text({
    max: 10,
    pattern: /^\d{4}-\d{2}-\d{2}$/,
    patternText: 'a date',
    example: '2027-01-31',
    describe: 'In UTC',
  })
  day!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 3, describe: 'How often on that day' })
  count!: number;

  @Moment({ describe: 'The last time on that day' })
  lastAt!: string;
}

export const HistoryPage = PageOf(HistoryEntryView);
export type HistoryPage = InstanceType<typeof HistoryPage>;

export const ActivityPage = PageOf(ActivityView);
export type ActivityPage = InstanceType<typeof ActivityPage>;
