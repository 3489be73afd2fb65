import { raiseInvalid } from '../platform/problems/problems.js';

const day = 86_400_000;
/** The last moment that every client can read. */
const lastMoment = new Date('9999-12-31T00:00:00Z');
const usualRegistrationDays = 7;
const mostRegistrationDays = 90;

/** When a secret ends by itself; null for never. @throws Problem `invalid_request` */
export function decideEnd(wanted: string | null, now: Date): Date | null {
  const end = wanted === null ? null : new Date(wanted);
  if (end !== null && !(end > now && end < lastMoment))
    raiseInvalid([{ pointer: '/expiresAt', detail: 'must be in the future, before the year 10000' }]);
  return end;
}

/** When a registration token ends. @throws Problem `invalid_request` */
export function decideRegistrationEnd(wanted: string | undefined, now: Date): Date {
  if (wanted === undefined) return new Date(now.getTime() + usualRegistrationDays * day);
  const end = new Date(wanted);
  if (!(end > now && end.getTime() <= now.getTime() + mostRegistrationDays * day))
    raiseInvalid([
      {
        pointer: '/expiresAt',
        detail: `must be in the future, at most ${mostRegistrationDays} days from now`,
      },
    ]);
  return end;
}
