import { describe, expect, it } from '@jest/globals';
import {
  statusWhenDeactivated,
  statusWhenLocked,
  statusWhenReactivated,
  statusWhenUnlocked,
} from './user-status.rules.js';

describe('the status of a user', () => {
  it.each([
    ['initializing', 'locked'],
    ['active', 'locked'],
    ['locked', 'locked'],
  ] as const)('goes from %s to %s by a lock', (from, to) => {
    expect(statusWhenLocked(from)).toBe(to);
  });

  it('of a deactivated user is not changed by a lock', () => {
    expect(() => statusWhenLocked('deactivated')).toThrow('The user is deactivated');
  });

  it.each([
    ['locked', true, 'active'],
    ['locked', false, 'initializing'],
    ['active', true, 'active'],
    ['initializing', false, 'initializing'],
    ['deactivated', true, 'deactivated'],
  ] as const)('goes from %s (password: %s) to %s when a lock is lifted', (from, hasPassword, to) => {
    expect(statusWhenUnlocked(from, hasPassword)).toBe(to);
  });

  it('is deactivated by a deactivation, whatever it was', () => {
    expect(statusWhenDeactivated()).toBe('deactivated');
  });

  it.each([
    ['deactivated', true, 'active'],
    ['deactivated', false, 'initializing'],
    ['locked', true, 'locked'],
    ['active', true, 'active'],
  ] as const)('goes from %s (password: %s) to %s when a deactivation is lifted', (from, hasPassword, to) => {
    expect(statusWhenReactivated(from, hasPassword)).toBe(to);
  });
});
