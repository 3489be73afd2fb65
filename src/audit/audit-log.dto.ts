import { PageOf, PageQuery } from '../platform/http/lists.js';
import { Choice, Id, JsonObject, Moment, Nested, Text } from '../platform/http/properties.js';
import { actionFilterPattern } from './audit-log.rules.js';
import type { AuditEventRow } from './audit.queries.js';

const outcomes = ['done', 'refused'] as const;
const actorTypes = ['user', 'api-key', 'application', 'operator', 'system', 'anonymous'] as const;

export class AuditEventsQuery extends PageQuery {
  @Id({ optional: true, describe: 'Id of a user, an operator, an API key or an application' })
  actor?: string;

  @Text({
    max: 100,
    pattern: actionFilterPattern,
    patternText: 'must be an action, or a noun followed by .*',
    optional: true,
    example: 'user.*',
    describe: 'One action, such as `user.locked`, or all of a noun: `user.*`',
  })
  action?: string;

  @Text({
    max: 500,
    optional: true,
    example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4',
    describe: 'Id of a target',
  })
  target?: string;

  @Choice(outcomes, { optional: true })
  outcome?: AuditEventRow['outcome'];

  @Moment({ optional: true, example: '2027-01-01T00:00:00Z', describe: 'Not before this moment' })
  from?: string;

  @Moment({ optional: true, example: '2027-02-01T00:00:00Z', describe: 'Before this moment' })
  to?: string;
}

export class AuditActorView {
  @Choice(actorTypes, { describe: '`operator`: a user of the platform organization' })
  type!: AuditEventRow['actor_type'];

  @Id({ nullable: true, describe: 'Null for `system` and `anonymous`' })
  id!: string | null;

  @Id({ nullable: true, describe: 'The application through which it was done, or which did it' })
  applicationId!: string | null;
}

export class AuditTargetView {
  @Text({ max: 100, example: 'user' })
  type!: string;

  @Text({ min: 0, max: 1_000, example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' })
  id!: string;
}

export class AuditEventView {
  @Id()
  id!: string;

  @Moment()
  occurredAt!: string;

  @Choice(outcomes)
  outcome!: AuditEventRow['outcome'];

  @Nested(() => AuditActorView)
  actor!: AuditActorView;

  @Text({ max: 100, example: 'user.locked' })
  action!: string;

  @Nested(() => AuditTargetView, { nullable: true })
  target!: AuditTargetView | null;

  @JsonObject({
    maxBytes: 65_536,
    example: { before: { mode: 'closed' }, after: { mode: 'open' } },
    describe: 'What a reader must know of it; its members depend on the action',
  })
  change!: Record<string, unknown>;

  @Text({ max: 45, nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @Text({ min: 0, max: 500, nullable: true, example: 'curl/8.5.0' })
  userAgent!: string | null;

  @Text({
    max: 64,
    nullable: true,
    example: '6f0c1d1e-6f0d-4a57-9d55-5e3f8b0a7c1a',
    describe: '`X-Request-Id`',
  })
  requestId!: string | null;
}

export class AuditEventPage extends PageOf(AuditEventView) {}

export function auditEventView(row: AuditEventRow): AuditEventView {
  const { target_type: targetType, target_id: targetId } = row;
  return {
    id: row.id,
    occurredAt: row.created_at.toISOString(),
    outcome: row.outcome,
    actor: { type: row.actor_type, id: row.actor_id, applicationId: row.application_id },
    action: row.action,
    target: targetType === null || targetId === null ? null : { type: targetType, id: targetId },
    change: row.change,
    ip: row.ip,
    userAgent: row.user_agent,
    requestId: row.request_id,
  };
}
