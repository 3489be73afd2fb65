import { Module } from '@nestjs/common';
import { AccessControl } from './access-control.service.js';
import { GuardedChanges } from './guarded-changes.service.js';
import { TeamMemberships } from './team-memberships.service.js';

/** Roles and who holds them, for other features. Nobody gives what they do not hold; an organization keeps an owner. */
@Module({
  providers: [AccessControl, GuardedChanges, TeamMemberships],
  exports: [AccessControl, GuardedChanges, TeamMemberships],
})
export class AccessControlModule {}
