import { raiseInvalid } from '../platform/problems/problems.js';

/** The actions that a filter stands for: one, or with `.*` all of a noun. */
export interface ActionFilter {
  readonly exact: string | null;
  readonly prefix: string | null;
}

export const actionFilterPattern = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?:\.\*)?$/;

export function readActionFilter(text: string | undefined): ActionFilter {
  if (text === undefined) return { exact: null, prefix: null };
  return text.endsWith('.*') ? { exact: null, prefix: text.slice(0, -1) } : { exact: text, prefix: null };
}

/**
 * A moment of a query in seconds since 1970, since PostgreSQL reads fewer spellings of years than the standard has.
 *
 * @throws Problem `invalid_request` for a moment that does not exist
 */
export function readMomentSeconds(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds))
    raiseInvalid([{ pointer: `/query/${name}`, detail: 'must be a time that exists' }]);
  return milliseconds / 1_000;
}
