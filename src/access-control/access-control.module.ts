import { Module } from '@nestjs/common';
import { ApplicationGrants } from './application-grants.service.js';
import { AccessControl } from './access-control.service.js';
import { GuardedChanges } from './guarded-changes.service.js';
import { TeamMemberships } from './team-memberships.service.js';

/** Roles and who holds them, for other features. Nobody gives what they do not hold; an organization keeps an owner. */
@Module({
  providers: [AccessControl, ApplicationGrants, GuardedChanges, TeamMemberships],
  exports: [AccessControl, ApplicationGrants, GuardedChanges, TeamMemberships],
})
export class AccessControlModule {}
