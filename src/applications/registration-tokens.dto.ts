import { PageOf } from '../platform/http/lists.js';
import { PlainLine } from '../platform/http/plain-line.js';
import { Id, Integer, Moment, Text, TextList } from '../platform/http/properties.js';
import type { RegistrationToken } from './registration-token.entity.js';

interface Use {
  optional?: boolean;
}

const Name = () => PlainLine({ max: 100, example: 'Partners of the summer', describe: 'For whom it is' });
const AllowedScopes = (use: Use = {}) =>
  TextList({
    ...use,
    minItems: 1,
    maxItems: 200,
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/,
    patternText: 'must be names of scopes',
    example: ['openid', 'profile', 'email'],
    describe:
      'What the applications may ask for at most: who somebody is, unless told. Whoever names a permission of the ' +
      'product must hold it',
  });
const MaxUses = (use: Use = {}) =>
  Integer({
    ...use,
    min: 1,
    max: 1_000,
    fromBody: true,
    example: 1,
    describe: 'How many applications it registers',
  });

export class CreateRegistrationTokenBody {
  @Name()
  name!: string;

  @AllowedScopes({ optional: true })
  allowedScopes?: string[];

  @MaxUses({ optional: true })
  maxUses?: number;

  @Moment({ optional: true, describe: 'At most 90 days from now; in 7 days, when left out' })
  expiresAt?: string;
}

export class RegistrationTokenView {
  @Id()
  id!: string;

  @Name()
  name!: string;

  @Text({ max: 4, example: 'jKlM', describe: 'The last characters of the token' })
  hint!: string;

  @AllowedScopes()
  allowedScopes!: string[];

  @MaxUses()
  maxUses!: number;

  @Integer({ min: 0, max: 1_000, example: 0, describe: 'How many it has registered' })
  uses!: number;

  @Moment()
  expiresAt!: string;

  @Moment()
  createdAt!: string;

  @Id({ nullable: true })
  createdBy!: string | null;

  @Moment({ nullable: true })
  lastUsedAt!: string | null;

  static of(row: RegistrationToken): RegistrationTokenView {
    const { id, name, hint, allowedScopes, maxUses, uses, createdBy } = row;
    return {
      id,
      name,
      hint,
      allowedScopes,
      maxUses,
      uses,
      createdBy,
      expiresAt: row.expiresAt.toISOString(),
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class CreatedRegistrationTokenView extends RegistrationTokenView {
  @Text({
    max: 200,
    example: 'ten_reg_AZnB8mpQfMGdQTqG4NOlxAbC0dEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlM',
    describe:
      'The token itself, for registering as its `Bearer` (RFC 7591): shown this once, and stored as a hash',
  })
  registrationToken!: string;
}

export class RegistrationTokenPage extends PageOf(RegistrationTokenView) {}
