import { Injectable } from '@nestjs/common';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { RefusalRecorder } from '../platform/access/principals.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type AuditEvent, insertAuditEvent } from './audit.queries.js';

export type { AuditEvent } from './audit.queries.js';

/** Who did it: a principal, somebody unknown, or the server by itself. */
export type AuditActor = Actor | Anonymous | 'system';

export interface AuditTarget {
  readonly type: string;
  readonly id: string;
}

/** The record of what happened in an organization, written in the transaction of the change itself. */
@Injectable()
export class Audit {
  /**
   * Records a change that `tx` makes, in the organization that `tx` is in.
   *
   * @param action past participle behind its noun, such as `user.locked`
   * @param change what a reader must know of it; never a secret
   */
  async record(
    tx: Transaction,
    actor: AuditActor,
    action: string,
    target: AuditTarget,
    change: Record<string, unknown> = {},
  ): Promise<void> {
    await insertAuditEvent(tx, eventOf(tx.organizationId, 'done', actor, action, target, change));
  }

  /** The event of a change, for a statement that writes it with the change itself. */
  eventOf(
    organizationId: string,
    actor: AuditActor,
    action: string,
    target: AuditTarget,
    change: Record<string, unknown> = {},
  ): AuditEvent {
    return eventOf(organizationId, 'done', actor, action, target, change);
  }

  /** Records an attempt that was refused; `tx` must be one that commits. */
  async recordRefusal(
    tx: Transaction,
    actor: AuditActor,
    action: string,
    target: AuditTarget | null,
    change: Record<string, unknown> = {},
  ): Promise<void> {
    await insertAuditEvent(tx, eventOf(tx.organizationId, 'refused', actor, action, target, change));
  }
}

/** The guard's door to the audit log. */
@Injectable()
export class AuditedRefusals extends RefusalRecorder {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {
    super();
  }

  override record(actor: Actor, action: string, detail: Record<string, unknown>): Promise<void> {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.audit.recordRefusal(tx, actor, action, null, detail),
    );
  }
}

function eventOf(
  organizationId: string,
  outcome: AuditEvent['outcome'],
  actor: AuditActor,
  action: string,
  target: AuditTarget | null,
  change: Record<string, unknown>,
): AuditEvent {
  const event = { outcome, action, targetType: target?.type ?? null, targetId: target?.id ?? null, change };
  if (actor === 'system')
    return { ...event, actorType: 'system', actorId: null, applicationId: null, origin: null };
  if (actor.kind === 'anonymous')
    return { ...event, actorType: 'anonymous', actorId: null, applicationId: null, origin: actor.origin };
  const foreign = actor.organization.id !== organizationId;
  const isProgram = actor.kind === 'api-key' || actor.kind === 'application';
  return {
    ...event,
    // An operator's id means nothing among the organization's own users, and its type says so.
    actorType: foreign ? 'operator' : isProgram ? (actor.kind as 'api-key' | 'application') : 'user',
    actorId: isProgram ? actor.credentialId : actor.userId,
    applicationId: actor.applicationId,
    origin: actor.origin,
  };
}
