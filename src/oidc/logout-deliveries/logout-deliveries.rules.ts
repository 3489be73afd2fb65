const minute = 60;
const hour = 60 * minute;

/** How long to wait after each failure, in seconds; after the last one nobody tries any more. */
const delays = [5, 30, 2 * minute, 10 * minute, hour, 6 * hour];

/** @param attempts made so far; null when that was the last */
export function delayAfter(attempts: number): number | null {
  return delays[attempts - 1] ?? null;
}

/** OpenID Connect Back-Channel Logout 1.0, section 2.8. */
export const isTaken = (status: number): boolean => status === 200 || status === 204;

/** The application says that it will never understand this (400), or that there is nothing there. */
export const isFinal = (status: number): boolean => [400, 404, 405, 410, 501].includes(status);
