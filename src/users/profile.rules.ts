import type { FieldError } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { canonicalEmail, canonicalPhoneNumber, canonicalUsername } from './identifiers.rules.js';
import { mergeMetadata, type Metadata, sameJson } from './metadata.rules.js';
import { addressInUseProblem, withoutIdentifierProblem } from './users.problems.js';

/** What a client says of a person; null takes a value away, what is left out stays. */
export interface ProfileInput {
  email?: string | null;
  username?: string | null;
  phoneNumber?: string | null;
  fullName?: string | null;
}

export type Profile = { [Field in keyof ProfileInput]-?: string | null };
type Canonical = (text: string) => string | null;

const fields: readonly [keyof ProfileInput, Canonical, string][] = [
  ['email', canonicalEmail, 'must be an e-mail address'],
  ['username', canonicalUsername, 'must be letters, digits, dots, underscores and hyphens, and no UUID'],
  ['phoneNumber', canonicalPhoneNumber, 'must be in the form of E.164, such as +4930123456'],
  ['fullName', canonicalFullName, 'must have 1 to 200 characters, on one line'],
];

/** The given fields in their canonical forms. @throws Problem `invalid_request` naming every field that has none */
export function readProfile(input: ProfileInput): ProfileInput {
  const profile: ProfileInput = {};
  const errors: FieldError[] = [];
  for (const [field, canonical, detail] of fields) {
    const text = input[field];
    if (text === undefined) continue;
    profile[field] = text === null ? null : canonical(text);
    if (text !== null && profile[field] === null) errors.push({ pointer: `/${field}`, detail });
  }
  return errors.length > 0 ? raiseInvalid(errors) : profile;
}

/** @throws Problem `invalid_request`, also when there is neither an e-mail address nor a user name */
export function readNewProfile(input: ProfileInput): Profile {
  const profile = { email: null, username: null, phoneNumber: null, fullName: null, ...readProfile(input) };
  if (profile.email === null && profile.username === null) throw withoutIdentifierProblem();
  return profile;
}

/** Composed, so that one name has one spelling and a search finds it. */
export function canonicalFullName(text: string): string | null {
  const name = text.normalize('NFC').trim();
  if (name.length < 1 || name.length > 200 || !name.isWellFormed()) return null;
  // A line break in a name would end a header of a mail.
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) ? null : name;
}

export interface UserUpdate {
  /** Columns to write. */
  readonly changes: ProfileInput & { metadata?: Metadata; pendingEmail?: null };
  /** What the audit log says of it. */
  readonly record: Record<string, unknown>;
}

/**
 * What a patch changes (RFC 7396: null takes away, metadata are merged); null when it changes nothing.
 *
 * @throws Problem `invalid_request` for a malformed value, and when no identifier would be left
 */
export function decideUpdate(
  user: Profile & { metadata: Metadata; pendingEmail: string | null },
  { metadata: patch, ...input }: ProfileInput & { metadata?: Metadata | null },
): UserUpdate | null {
  const profile = readProfile(input);
  const { email, username } = { ...user, ...profile };
  if (email === null && username === null) throw withoutIdentifierProblem();
  const changes: UserUpdate['changes'] = {};
  const record: Record<string, unknown> = {};
  for (const [field] of fields) {
    const value = profile[field];
    if (value === undefined || value === user[field]) continue;
    changes[field] = value;
    record[field] = { from: user[field], to: value };
  }
  // Another address in the place of one only waits to be confirmed; the present one, sent again, withdraws the other.
  if (changes.email && user.email !== null) {
    delete record['email'];
    record['pendingEmail'] = { from: user.pendingEmail, to: changes.email };
  } else if (profile.email === user.email && user.pendingEmail !== null) {
    changes.pendingEmail = null;
    record['pendingEmail'] = { from: user.pendingEmail, to: null };
  }
  const metadata = patch === undefined ? user.metadata : mergeMetadata(user.metadata, patch);
  if (!sameJson(metadata, user.metadata)) {
    changes.metadata = metadata;
    record['metadata'] = 'changed';
  }
  return Object.keys(changes).length > 0 ? { changes, record } : null;
}

/** What tells whether somebody has an account already, or it still waits for its owner. */
export interface AccountUse {
  readonly passwordHash: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly lastLoginAt: Date | null;
}

/**
 * The link of a reset is shown to an administrator where there is no address to send it to. So the address of an account
 * that somebody uses stays: taken away, it would let the administrator in, and nobody would be asked.
 *
 * @throws Problem `conflict`
 */
export function requireUnused({ passwordHash, emailVerifiedAt, lastLoginAt }: AccountUse): void {
  if (passwordHash !== null || emailVerifiedAt !== null || lastLoginAt !== null) throw addressInUseProblem();
}
