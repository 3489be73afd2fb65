import { Id, Integer, JsonObject, Moment, Text, Trimmed } from '../platform/http/properties.js';
import { localeMaxLength, nameMaxLength, timeZoneMaxLength } from './profile-values.rules.js';
import { userMetadataMaxBytes } from './profile.rules.js';

const optional = { optional: true, nullable: true } as const;
const forUser = 'What the user keeps here; only the user changes it';
const forAdministrators = 'What administrators keep with the user; only they change it';
const merged = 'Merged into what is there (RFC 7396); null removes a member, or all of them';

/** What both the user and an administrator may change. */
class ChangeProfile {
  @Trimmed()
  @Text({ max: nameMaxLength, ...optional, example: 'Max' })
  givenName?: string | null;

  @Trimmed()
  @Text({ max: nameMaxLength, ...optional, example: 'Meier' })
  familyName?: string | null;

  @Trimmed()
  @Text({ max: nameMaxLength, ...optional, example: 'Maxi', describe: 'What others are shown' })
  displayName?: string | null;

  @Trimmed()
  @Text({ max: nameMaxLength, ...optional, example: 'Max Meier' })
  fullName?: string | null;

  @Text({ max: 16, ...optional, example: '+4930123456', describe: 'E.164; one user’s only' })
  phoneNumber?: string | null;

  @Text({ max: localeMaxLength, ...optional, example: 'de-AT', describe: 'BCP 47; the language of mails' })
  locale?: string | null;

  @Text({
    max: timeZoneMaxLength,
    ...optional,
    example: 'Europe/Vienna',
    describe: 'A name of the IANA database',
  })
  timeZone?: string | null;
}

export class ChangeMyProfile extends ChangeProfile {
  @JsonObject({ maxBytes: userMetadataMaxBytes, ...optional, example: { theme: 'dark' }, describe: merged })
  userMetadata?: Record<string, unknown> | null;
}

export class ChangeUserProfile extends ChangeProfile {
  @JsonObject({ maxBytes: userMetadataMaxBytes, ...optional, example: { desk: 12 }, describe: merged })
  metadata?: Record<string, unknown> | null;
}

export class ProfileView {
  @Id()
  userId!: string;

  @Text({ max: nameMaxLength, nullable: true, example: 'Max' })
  givenName!: string | null;

  @Text({ max: nameMaxLength, nullable: true, example: 'Meier' })
  familyName!: string | null;

  @Text({ max: nameMaxLength, nullable: true, example: 'Maxi' })
  displayName!: string | null;

  @Text({ max: nameMaxLength, nullable: true, example: 'Max Meier' })
  fullName!: string | null;

  @Text({ max: 16, nullable: true, example: '+4930123456' })
  phoneNumber!: string | null;

  @Text({ max: localeMaxLength, nullable: true, example: 'de-AT' })
  locale!: string | null;

  @Text({ max: timeZoneMaxLength, nullable: true, example: 'Europe/Vienna' })
  timeZone!: string | null;

  @Text({ max: 2_048, nullable: true, example: null, describe: 'Address of the picture' })
  picture!: string | null;

  @JsonObject({ maxBytes: userMetadataMaxBytes, example: { desk: 12 }, describe: forAdministrators })
  metadata!: Record<string, unknown>;

  @JsonObject({ maxBytes: userMetadataMaxBytes, example: { theme: 'dark' }, describe: forUser })
  userMetadata!: Record<string, unknown>;

  @Moment()
  updatedAt!: string;

  @Integer({ min: 1, max: 2_147_483_647, example: 4, describe: 'Also the `ETag`' })
  version!: number;
}
