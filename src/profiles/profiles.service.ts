import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import { sessionNeededProblem } from '../me/me.problems.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem, requireAllValid } from '../platform/problems/problems.js';
import { type PersonInput, UserAccounts } from '../users/user-accounts.service.js';
import { UserChanges } from '../users/user-changes.service.js';
import { decideProfileUpdate, type ProfilePatch } from './profile.rules.js';
import type { ChangeMyProfile, ChangeUserProfile, ProfileView } from './profiles.dto.js';
import { canonicalLocale, canonicalName } from './profile-values.rules.js';
import { findProfile, updateProfile } from './profiles.queries.js';

/**
 * Who somebody is: two rows, read and changed as one. Of the metadata each side writes its own: the user's door takes
 * `userMetadata` only, the administrators' one `metadata` only.
 */
@Injectable()
export class Profiles {
  constructor(
    private readonly database: Database,
    private readonly accounts: UserAccounts,
    private readonly changes: UserChanges,
    private readonly mediaLinks: MediaLinks,
    private readonly audit: Audit,
  ) {}

  get(actor: Actor, reference: string): Promise<ProfileView> {
    return this.database.forOrganization(actor.organization.id, (tx) => this.view(tx, reference));
  }

  /** @throws Problem `permission_denied` for API keys, `phone_number_taken`, `stale`, `invalid_request` */
  async changeOwn(actor: Actor, change: ChangeMyProfile, version: ExpectedVersion): Promise<ProfileView> {
    if (actor.kind !== 'session') throw sessionNeededProblem();
    return this.change(actor, actor.userId, change, version);
  }

  /** @throws Problem `not_found`, `permission_denied`, `phone_number_taken`, `stale`, `invalid_request` */
  changeOf(
    actor: Actor,
    reference: string,
    change: ChangeUserProfile,
    version: ExpectedVersion,
  ): Promise<ProfileView> {
    return this.change(actor, reference, change, version);
  }

  /** Of a user who is new: what somebody else says of them, as far as it is well-formed. */
  async fillIn(
    tx: Transaction,
    userId: string,
    {
      givenName,
      familyName,
      locale,
    }: { readonly [Field in 'givenName' | 'familyName' | 'locale']: string | null },
  ): Promise<void> {
    const said = {
      givenName: givenName && canonicalName(givenName),
      familyName: familyName && canonicalName(familyName),
      locale: locale && canonicalLocale(locale.replaceAll('_', '-')),
    };
    const known = Object.entries(said).filter(([, value]) => value !== null && value !== '');
    if (known.length > 0) await updateProfile(tx, userId, Object.fromEntries(known));
  }

  private change(
    actor: Actor,
    reference: string,
    change: PersonInput & ProfilePatch,
    version: ExpectedVersion,
  ): Promise<ProfileView> {
    return this.changes.change(actor, reference, 'profile.updated', async (tx, user) => {
      const profile = await findProfile(tx, user.id);
      requireVersion(user.version + profile.version, version);
      requireAllValid(
        () => this.accounts.requireWellFormed(change),
        () => decideProfileUpdate(profile, change),
      );
      const { changes, record } = decideProfileUpdate(profile, change);
      const ofPerson = await this.accounts.changePerson(tx, user, change, actor.userId);
      if (Object.keys(changes).length > 0)
        await updateProfile(tx, user.id, { ...changes, updatedBy: actor.userId });
      const whole = { ...ofPerson, ...record };
      if (Object.keys(whole).length > 0)
        await this.audit.record(tx, actor, 'profile.updated', { type: 'user', id: user.id }, whole);
      return this.view(tx, user.id);
    });
  }

  private async view(tx: Transaction, reference: string): Promise<ProfileView> {
    const user = (await this.accounts.findByReference(tx, reference)) ?? raise(notFoundProblem());
    const profile = await findProfile(tx, user.id);
    const pictures = await this.mediaLinks.picturesOf(tx, [user.id]);
    return {
      userId: user.id,
      givenName: profile.givenName,
      familyName: profile.familyName,
      displayName: profile.displayName,
      fullName: user.fullName,
      phoneNumber: user.phoneNumber,
      locale: profile.locale,
      timeZone: profile.timeZone,
      picture: pictures.get(user.id) ?? null,
      metadata: user.metadata,
      userMetadata: profile.userMetadata,
      updatedAt: new Date(Math.max(+user.updatedAt, +profile.updatedAt)).toISOString(),
      // Both only grow, so no two states have the same sum.
      version: user.version + profile.version,
    };
  }
}
