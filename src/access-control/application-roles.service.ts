import { Injectable } from '@nestjs/common';
import { ApplicationChanges, targetOf } from '../applications/application-changes.service.js';
import { notAMachine } from '../applications/applications.problems.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { ExpectedVersion } from '../platform/http/if-match.js';
import { Problem } from '../platform/problems/problem.js';
import { ApplicationGrants } from './application-grants.service.js';
import { GrantsView } from './grants.dto.js';
import type { Grant } from './grants.rules.js';

/** What machines hold: a machine is given roles as people are. */
@Injectable()
export class ApplicationRoles {
  constructor(
    private readonly database: Database,
    private readonly changes: ApplicationChanges,
    private readonly grants: ApplicationGrants,
    private readonly audit: Audit,
  ) {}

  read(actor: Actor, applicationId: string): Promise<GrantsView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { id, version } = await this.changes.get(tx, applicationId);
      return GrantsView.of(await this.grants.read(tx, id), version);
    });
  }

  /** @throws Problem `not_found`, `stale`, `not_a_machine`, `unknown_role`, `permission_denied`, `owner_not_for_applications` */
  set(
    actor: Actor,
    applicationId: string,
    wanted: readonly Grant[],
    expectedVersion: ExpectedVersion,
  ): Promise<GrantsView> {
    const action = 'application.roles_changed';
    return this.changes.runForScopes(
      actor,
      applicationId,
      action,
      expectedVersion,
      async (tx, { id, type, version }) => {
        if (type !== 'machine') throw new Problem(notAMachine);
        const change = await this.grants.set(tx, actor, id, wanted);
        if (change === null) return GrantsView.of(await this.grants.read(tx, id), version);
        const newVersion = await this.changes.count(tx, id, actor.userId);
        await this.audit.record(tx, actor, action, targetOf(id), { ...change });
        return GrantsView.of(change.after, newVersion);
      },
    );
  }
}
