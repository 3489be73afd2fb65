import { PageOf } from '../platform/http/lists.js';
import { PlainLine } from '../platform/http/plain-line.js';
import { Id, Integer, Moment, Text, ValidateWith } from '../platform/http/properties.js';
import { isClaimSource } from './claim-sources.rules.js';
import type { CustomClaim } from './custom-claim.entity.js';
import { claimPattern } from './names.rules.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const optional: Use = { optional: true };
const clearable: Use = { optional: true, nullable: true };
const nullable: Use = { nullable: true };

const Description = (use: Use = {}) =>
  PlainLine({ ...use, max: 500, example: 'Where somebody works', describe: 'For administrators' });
const ClaimName = () =>
  Text({
    max: 200,
    pattern: claimPattern,
    patternText: 'must be letters, digits and . _ : / -, beginning with a letter, and not look like an id',
    example: 'https://acme.example/department',
    describe:
      'What applications see; it never changes. Claims of the protocol and of the product are not free',
  });
const Source =
  (use: Use = {}): PropertyDecorator =>
  (target, name) => {
    ValidateWith(
      'source',
      (value) => value === undefined || (typeof value === 'string' && isClaimSource(value)),
      'must be a source such as metadata.department, profile.timeZone or email',
    )(target, name);
    Text({
      ...use,
      max: 300,
      example: 'metadata.department',
      describe:
        'Where the value comes from: `email`, `username`, `fullName`, `phoneNumber`; `profile.givenName`, ' +
        '`profile.familyName`, `profile.displayName`, `profile.locale`, `profile.timeZone`; a path into what ' +
        'administrators keep, such as `metadata.department`; a path into what people write themselves, such as ' +
        '`profile.metadata.shoeSize`, on which applications must not rely. A ' +
        'value of more than 4096 bytes is left out',
    })(target, name);
  };

export class CreateClaimBody {
  @ClaimName()
  name!: string;

  @Source()
  source!: string;

  @Description(clearable)
  description?: string | null;
}

export class UpdateClaimBody {
  @Source(optional)
  source?: string;

  @Description(clearable)
  description?: string | null;
}

export class ClaimView {
  @Id()
  id!: string;

  @ClaimName()
  name!: string;

  @Source()
  source!: string;

  @Description(nullable)
  description!: string | null;

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of({ id, name, source, description, version, createdAt, updatedAt }: CustomClaim): ClaimView {
    return {
      id,
      name,
      source,
      description,
      version,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

export class ClaimPage extends PageOf(ClaimView) {}
