import type { Transaction } from '../platform/database/transaction.js';
import { UserProfile } from './user-profile.entity.js';

export type ProfileColumns = Partial<
  Pick<
    UserProfile,
    'givenName' | 'familyName' | 'displayName' | 'locale' | 'timeZone' | 'userMetadata' | 'updatedBy'
  >
>;

export function findProfile(tx: Transaction, userId: string): Promise<UserProfile> {
  return tx.manager.findOneByOrFail(UserProfile, { orgId: tx.organizationId, userId });
}

export async function updateProfile(tx: Transaction, userId: string, changes: ProfileColumns): Promise<void> {
  await tx.manager.update(UserProfile, { orgId: tx.organizationId, userId }, changes as never);
}
