import type { Actor } from '../../platform/access/actor.js';

/** How long what somebody has proven of themselves is enough for what a stolen session must not do. */
const recentMilliseconds = 10 * 60 * 1000;

export function isRecentlyAuthenticated({ authenticatedAt }: Actor, now = Date.now()): boolean {
  return authenticatedAt !== null && now - authenticatedAt.getTime() <= recentMilliseconds;
}
