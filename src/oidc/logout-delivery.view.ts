import { Choice, Id, Integer, Moment, Nested, Text } from '../platform/http/properties.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';

export const deliveryStates = ['queued', 'sending', 'failed', 'sent', 'dead'] as const;

export class LogoutDeliveriesQuery extends PageQuery {
  @Choice(deliveryStates, { optional: true, describe: 'Only those in this state' })
  state?: (typeof deliveryStates)[number];
}

class ToldApplicationView {
  @Id()
  id!: string;

  @Text({ max: 100, example: 'Wiki' })
  name!: string;
}

export class LogoutDeliveryView {
  @Id()
  id!: string;

  @Nested(() => ToldApplicationView)
  application!: ToldApplicationView;

  @Id({ describe: 'Whose session ended' })
  userId!: string;

  @Id()
  sessionId!: string;

  @Choice(deliveryStates, { describe: '`failed` is tried again, `dead` is not' })
  state!: (typeof deliveryStates)[number];

  @Integer({ min: 0, max: 100, example: 1 })
  attempts!: number;

  @Text({ max: 500, nullable: true, example: 'HTTP 200', describe: 'What came of the last attempt' })
  lastAnswer!: string | null;

  @Moment({ nullable: true, describe: 'When it is tried next' })
  nextAttemptAt!: string | null;

  @Moment()
  createdAt!: string;

  @Moment({ nullable: true })
  sentAt!: string | null;
}

export const LogoutDeliveryPage = PageOf(LogoutDeliveryView);
export type LogoutDeliveryPage = InstanceType<typeof LogoutDeliveryPage>;
