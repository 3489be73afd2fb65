import { Problem } from '../platform/problems/problem.js';
import { conflict } from '../platform/problems/problems.js';
import type { UserStatus } from './user.entity.js';

/** @throws Problem `conflict` for a deactivated user: unlocking would bring it back by the side door */
export function statusWhenLocked(status: UserStatus): UserStatus {
  if (status === 'deactivated') throw new Problem(conflict, { detail: 'The user is deactivated' });
  return 'locked';
}

export function statusWhenUnlocked(status: UserStatus, hasPassword: boolean): UserStatus {
  return status === 'locked' ? statusOfUsable(hasPassword) : status;
}

export function statusWhenDeactivated(): UserStatus {
  return 'deactivated';
}

export function statusWhenReactivated(status: UserStatus, hasPassword: boolean): UserStatus {
  return status === 'deactivated' ? statusOfUsable(hasPassword) : status;
}

/** Without a password there has been no first sign-in yet. */
export function statusOfUsable(hasPassword: boolean): UserStatus {
  return hasPassword ? 'active' : 'initializing';
}
