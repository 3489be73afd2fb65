import type { Problem } from '../platform/problems/problem.js';
import type { Wording } from './wording/wording.js';

/** What is wrong with one field of a form, in the reader's language; null where it is not that field. */
export function flawOf({ errors = [] }: Problem, pointer: string, { flaws }: Wording): string | null {
  const error = errors.find((candidate) => candidate.pointer === pointer);
  if (error === undefined) return null;
  if (pointer !== '/password') return flaws.badName;
  const needed = /too short: (\d+)/.exec(error.detail)?.[1];
  if (needed !== undefined) return flaws.tooShort(needed);
  if (error.detail.includes('at most')) return flaws.tooLong;
  if (error.detail.includes('guessed first')) return flaws.known;
  return error.detail.includes('easy to guess') ? flaws.guessable : flaws.missing;
}
