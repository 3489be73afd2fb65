import type { AccountPath } from './account-addresses.js';

/** The menu of an account, from above to below. */
export const accountSections = [
  ['overview', 'account'],
  ['profile', 'account/profile'],
  ['email', 'account/email'],
  ['password', 'account/password'],
  ['sessions', 'account/sessions'],
  ['applications', 'account/applications'],
  ['linkedAccounts', 'account/linked-accounts'],
  ['activity', 'account/activity'],
  ['data', 'account/data'],
] as const satisfies readonly (readonly [string, AccountPath])[];

export type SectionName = (typeof accountSections)[number][0];
