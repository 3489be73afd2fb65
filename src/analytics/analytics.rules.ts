import { raiseInvalid } from '../platform/problems/problems.js';

export const mostDays = 366;
const usualDays = 30;
const dayMilliseconds = 86_400_000;

/** Days of UTC, both inclusive, as `2027-01-31`. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The days that a request asks for: the last thirty up to today, unless it says otherwise.
 *
 * @throws Problem `invalid_request` for days that do not exist, in the wrong order, or too many
 */
export function readDays({ from, to }: Partial<DayRange>, now: Date): DayRange {
  const last = to === undefined ? startOfDay(now) : readDay('to', to);
  const first = from === undefined ? last - (usualDays - 1) * dayMilliseconds : readDay('from', from);
  const days = (last - first) / dayMilliseconds + 1;
  if (days < 1) raiseInvalid([{ pointer: '/query/to', detail: 'must not be before "from"' }]);
  if (days > mostDays)
    raiseInvalid([{ pointer: '/query/from', detail: `must be at most ${mostDays} days back` }]);
  return { from: dayOf(first), to: dayOf(last) };
}

/** A number for each day: the days that have none are there as well. */
export function perDay(
  { from, to }: DayRange,
  counted: readonly { day: string; count: number }[],
): { day: string; count: number }[] {
  const counts = new Map(counted.map(({ day, count }) => [day, count]));
  const days: { day: string; count: number }[] = [];
  for (let moment = Date.parse(from); moment <= Date.parse(to); moment += dayMilliseconds) {
    const day = dayOf(moment);
    days.push({ day, count: counts.get(day) ?? 0 });
  }
  return days;
}

const startOfDay = (moment: Date): number =>
  Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate());

const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

/** JavaScript takes the 30th of February for the second of March, and knows a year 0, which PostgreSQL does not. */
function readDay(name: string, text: string): number {
  const moment = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(moment) || moment < 0 || dayOf(moment) !== text)
    raiseInvalid([{ pointer: `/query/${name}`, detail: 'must be a day that exists, since 1970' }]);
  return moment;
}
