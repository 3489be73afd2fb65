import { isIP } from 'node:net';

/** How many attempts are free, and what follows. */
export interface AttemptLimit {
  readonly freeAttempts: number;
  readonly windowSeconds: number;
  /** `backoff`: each further attempt waits twice as long as the one before. `window`: none until the window ends. */
  readonly afterwards: 'backoff' | 'window';
}

/** Failures that are free, then 1, 2, 4 … seconds, never for ever; forgotten after a day without one. */
export const guessLimit: AttemptLimit = { freeAttempts: 5, windowSeconds: 24 * 3600, afterwards: 'backoff' };

/** More mails than these to one recipient are a nuisance, whoever asks for them. */
export const mailLimits = {
  short: { freeAttempts: 3, windowSeconds: 600, afterwards: 'window' },
  long: { freeAttempts: 10, windowSeconds: 24 * 3600, afterwards: 'window' },
} as const satisfies Record<string, AttemptLimit>;

export const longestBackoffSeconds = 900;

/**
 * What counts as one address. Providers give each customer a /64 of IPv6 at least, so a single address of it costs an
 * attacker nothing.
 */
export function addressGroup(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(ip) !== 6) return ip;
  const [head = '', tail] = ip.toLowerCase().split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? 0 : tail.split(':').length;
  const zeros = tail === undefined ? 0 : 8 - groups.length - behind;
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\./i.test(ip);
}
