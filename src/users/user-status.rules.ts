import { Problem } from '../platform/problems/problem.js';
import { conflict } from '../platform/problems/problems.js';
import type { UserStatus } from './user.entity.js';

/** @throws Problem `conflict` for a deactivated user: unlocking would bring it back by the side door */
export function statusWhenLocked(status: UserStatus): UserStatus {
  if (status === 'deactivated') throw new Problem(conflict, { detail: 'The user is deactivated' });
  return 'locked';
}

export function statusWhenUnlocked(status: UserStatus, hasBegun: boolean): UserStatus {
  return status === 'locked' ? statusOfUsable(hasBegun) : status;
}

export function statusWhenDeactivated(): UserStatus {
  return 'deactivated';
}

export function statusWhenReactivated(status: UserStatus, hasBegun: boolean): UserStatus {
  return status === 'deactivated' ? statusOfUsable(hasBegun) : status;
}

/** @param hasBegun whether there is a password, or has been a sign-in without one */
export function statusOfUsable(hasBegun: boolean): UserStatus {
  return hasBegun ? 'active' : 'initializing';
}
