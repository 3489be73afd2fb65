/** Ours; on the left of a claim mapping. */
export const mappedClaims = [
  'subject',
  'email',
  'emailVerified',
  'username',
  'name',
  'givenName',
  'familyName',
  'picture',
  'locale',
] as const;
export type MappedClaim = (typeof mappedClaims)[number];
