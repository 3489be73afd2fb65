import { limitReached } from '../access-control/access-control.problems.js';
import { defineProblem, Problem } from '../platform/problems/problem.js';

export const navigationKeyTaken = defineProblem(
  'navigation_key_taken',
  409,
  'There is a navigation item of this key',
);
export const navigationCycle = defineProblem(
  'navigation_cycle',
  422,
  'A navigation item cannot be inside itself',
);
export const navigationTooDeep = defineProblem(
  'navigation_too_deep',
  422,
  'Navigation items are nested too deep',
);
export const unknownNavigationItem = defineProblem(
  'unknown_navigation_item',
  422,
  'There is no such navigation item',
);

export const navigationKeyTakenProblem = (key: string): Problem =>
  new Problem(navigationKeyTaken, { detail: `There is an item ${key}` });

export const navigationTooDeepProblem = (most: number): Problem =>
  new Problem(navigationTooDeep, { detail: `There are at most ${most} levels` });

export const unknownNavigationItemProblem = (item: string): Problem =>
  new Problem(unknownNavigationItem, { detail: `There is no item ${item}` });

export const tooManyNavigationItemsProblem = (most: number): Problem =>
  new Problem(limitReached, { detail: `The navigation has at most ${most} items` });
