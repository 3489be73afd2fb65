import { isBoundedJson } from '../platform/json/bounded-json.rules.js';
import { mergePatch, sameJson } from '../platform/json/merge-patch.rules.js';
import type { FieldError } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { canonicalLocale, canonicalName, canonicalTimeZone } from './profile-values.rules.js';

export const userMetadataMaxBytes = 16_384;

/** The part of a profile that has a row of its own. */
export interface ProfileValues {
  givenName: string | null;
  familyName: string | null;
  displayName: string | null;
  locale: string | null;
  timeZone: string | null;
  userMetadata: Record<string, unknown>;
}

/** Null takes a value away, what is left out stays. */
export type ProfilePatch = { [Field in keyof ProfileValues]?: ProfileValues[Field] | null };

type TextField = Exclude<keyof ProfileValues, 'userMetadata'>;

const nameDetail = 'must have 1 to 200 characters, on one line';
const textFields: readonly [TextField, (text: string) => string | null, string][] = [
  ['givenName', canonicalName, nameDetail],
  ['familyName', canonicalName, nameDetail],
  ['displayName', canonicalName, nameDetail],
  ['locale', canonicalLocale, 'must be a language tag (BCP 47), such as de-AT'],
  ['timeZone', canonicalTimeZone, 'must be a time zone of the IANA database, such as Europe/Berlin'],
];

export interface ProfileUpdate {
  /** Columns to write; none where nothing changes. */
  readonly changes: Partial<ProfileValues>;
  /** What the audit log says of it. */
  readonly record: Record<string, unknown>;
}

/** What a patch changes. @throws Problem `invalid_request` naming every malformed value */
export function decideProfileUpdate(profile: ProfileValues, patch: ProfilePatch): ProfileUpdate {
  const changes: Partial<ProfileValues> = {};
  const record: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [field, canonical, detail] of textFields) {
    const text = patch[field];
    if (text === undefined) continue;
    const value = text === null ? null : canonical(text);
    if (text !== null && value === null) errors.push({ pointer: `/${field}`, detail });
    if (value === profile[field]) continue;
    changes[field] = value;
    record[field] = { from: profile[field], to: value };
  }
  const userMetadata = mergedMetadata(profile.userMetadata, patch.userMetadata);
  if (!isBoundedJson(userMetadata, userMetadataMaxBytes)) {
    const detail = `must not become larger than ${userMetadataMaxBytes} bytes`;
    errors.push({ pointer: '/userMetadata', detail });
  }
  if (errors.length > 0) raiseInvalid(errors);
  if (!sameJson(userMetadata, profile.userMetadata)) {
    changes.userMetadata = userMetadata;
    record['userMetadata'] = 'changed';
  }
  return { changes, record };
}

function mergedMetadata(
  metadata: Record<string, unknown>,
  patch: Record<string, unknown> | null | undefined,
): Record<string, unknown> {
  if (patch === undefined) return metadata;
  return patch === null ? {} : mergePatch(metadata, patch);
}
