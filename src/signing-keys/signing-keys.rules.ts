export const signingAlgorithms = ['ES256', 'RS256', 'EdDSA'] as const;

/** How tokens are signed (RFC 7518, RFC 8037): ES256 unless an application cannot. */
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export type SigningKeyState = 'next' | 'active' | 'retired';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long others may keep the published keys (`Cache-Control: max-age` of the JWKS). After an emergency this is how long
 * they may go on believing a key that is gone.
 */
export const publishedKeysMaxAgeSeconds = 15 * minute;

/** A key is published at least so long before it signs: by then nobody has an older set of keys in their cache. */
export const leadSeconds = day;

/** By the clock a key is published so long before the one in use is due; twice the lead, so that a night without the job delays nothing. */
export const scheduledLeadSeconds = 2 * day;

/**
 * How long a retired key stays published. What it signs lives for an hour at most; but an id token also says, long after it
 * has expired, whose session an application wants to end (`id_token_hint`), and a session lasts 30 days at most.
 */
export const keptSeconds = 30 * day + hour;

/** No token that a key signs may live longer. */
export const longestSignedTokenSeconds = hour;

/** Published at the same time, of one kind: more would make every verifier carry them, and only haste makes so many. */
export const mostPublished = 10;

/** What a decision needs to know of a key. */
export interface KeyTimes {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly activatesAt: Date | null;
  readonly activatedAt: Date | null;
  readonly removeAt: Date | null;
}

export interface DueSteps {
  /** Kinds of which another key has to be published, and when it takes over. */
  readonly publish: readonly { readonly alg: SigningAlgorithm; readonly activatesAt: Date }[];
  /** Next keys that take over. */
  readonly activate: readonly string[];
  /** Retired keys that nobody needs any more. */
  readonly remove: readonly string[];
}

const later = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1_000);

/** What the clock demands of the keys of one organization. */
export function decideDueSteps(keys: readonly KeyTimes[], rotationDays: number, now: Date): DueSteps {
  const active = keys.filter(({ state }) => state === 'active');
  const next = keys.filter(({ state }) => state === 'next');
  const publish = active
    .filter(({ alg }) => !next.some((key) => key.alg === alg))
    .map(({ alg, activatedAt }) => ({ alg, dueAt: later(activatedAt!, rotationDays * day) }))
    .filter(({ dueAt }) => later(dueAt, -scheduledLeadSeconds) <= now)
    .map(({ alg, dueAt }) => ({
      alg,
      activatesAt: later(now, leadSeconds) > dueAt ? later(now, leadSeconds) : dueAt,
    }));
  return {
    publish,
    activate: next.filter(({ activatesAt }) => activatesAt! <= now).map(({ kid }) => kid),
    remove: keys
      .filter(({ state, removeAt }) => state === 'retired' && removeAt! <= now)
      .map(({ kid }) => kid),
  };
}

/** When a key that somebody asks for takes over. */
export const manualActivation = (now: Date): Date => later(now, leadSeconds);

/** When a key that retires now is taken away. */
export const removalAfterRetirement = (now: Date): Date => later(now, keptSeconds);
