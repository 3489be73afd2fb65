/** What is known of a person, in the names that sources use. */
export interface ClaimedPerson {
  readonly email: string | null;
  readonly username: string | null;
  readonly fullName: string | null;
  readonly phoneNumber: string | null;
  /** What administrators keep. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly profile: {
    readonly givenName: string | null;
    readonly familyName: string | null;
    readonly displayName: string | null;
    readonly locale: string | null;
    readonly timeZone: string | null;
    /** What the person keeps, and may write as they like. */
    readonly metadata: Readonly<Record<string, unknown>>;
  };
}

const fields = [
  'email',
  'username',
  'fullName',
  'phoneNumber',
  'profile.givenName',
  'profile.familyName',
  'profile.displayName',
  'profile.locale',
  'profile.timeZone',
];
const metadataRoots = ['metadata.', 'profile.metadata.'];
const mostSteps = 8;
/** A token travels in headers, and metadata may be larger than those. */
const mostBytes = 4_096;

/** Whether a claim can come from there: a field of the user or the profile, or a place in the metadata of either. */
export function isClaimSource(source: string): boolean {
  if (fields.includes(source)) return true;
  const root = metadataRoots.find((start) => source.startsWith(start));
  if (root === undefined) return false;
  const steps = source.slice(root.length).split('.');
  return steps.length <= mostSteps && steps.every((step) => /^[^\s.\p{C}]{1,64}$/u.test(step));
}

/** The value at a source; undefined where there is none, or where it is too large for a token. */
export function claimValue(source: string, person: ClaimedPerson): unknown {
  let value: unknown = person;
  for (const step of source.split('.')) {
    // What an object inherits is nothing that anybody has written there.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  if (value === null || value === undefined) return undefined;
  return Buffer.byteLength(JSON.stringify(value)) <= mostBytes ? value : undefined;
}
