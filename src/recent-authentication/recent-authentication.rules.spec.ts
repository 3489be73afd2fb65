import { describe, expect, it } from '@jest/globals';
import { isRecent } from './recent-authentication.rules.js';

const now = new Date('2026-06-01T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

describe('A recent authentication', () => {
  it.each([
    [ago(0), true],
    [ago(600), true],
    [ago(601), false],
    // Another server's clock is a little ahead.
    [ago(-5), true],
    // Nobody stands behind it who could be asked.
    [null, true],
  ])('of %s is %s', (authenticatedAt, recent) => {
    expect(isRecent(authenticatedAt, 600, now)).toBe(recent);
  });
});
