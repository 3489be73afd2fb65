import { applyDecorators } from '@nestjs/common';
import { PageOf } from '../platform/http/lists.js';
import {
  Id,
  Integer,
  JsonObject,
  Moment,
  Text,
  TextList,
  ValidateWith,
} from '../platform/http/properties.js';
import type { CustomScope } from './custom-scope.entity.js';
import { areDescriptions, claimPattern, scopePattern } from './names.rules.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const optional: Use = { optional: true };

export const ScopeName = (example: string) =>
  Text({
    max: 100,
    pattern: scopePattern,
    patternText:
      'must be letters, digits and . _ : / -, beginning with a letter or a digit, and not look like an id',
    example,
    describe: 'What applications ask for; it never changes',
  });
const Descriptions = (use: Use = {}) =>
  applyDecorators(
    ValidateWith(
      'descriptions',
      (value) => value === undefined || areDescriptions(value),
      'must be at most 20 plain lines of 1 to 300 characters, by language such as en or de-AT',
    ),
    JsonObject({
      ...use,
      maxBytes: 16_384,
      example: { en: 'See in which department you work', de: 'Sehen, in welcher Abteilung Sie arbeiten' },
      describe: 'What people read when they are asked for their consent, by language',
    }),
  );
const Claims = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: 50,
    pattern: claimPattern,
    patternText: 'must be names of claims',
    example: [],
    describe:
      'Which claims the scope brings: the organization’s own, and those of OpenID Connect about a person',
  });

export class CreateScopeBody {
  @ScopeName('department')
  name!: string;

  @Descriptions(optional)
  descriptions?: Record<string, string>;

  @Claims(optional)
  claims?: string[];
}

export class UpdateScopeBody {
  @Descriptions(optional)
  descriptions?: Record<string, string>;

  @Claims(optional)
  claims?: string[];
}

export class ScopeView {
  @Id()
  id!: string;

  @ScopeName('department')
  name!: string;

  @Descriptions()
  descriptions!: Record<string, string>;

  @Claims()
  claims!: string[];

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of({ id, name, descriptions, claims, version, createdAt, updatedAt }: CustomScope): ScopeView {
    return {
      id,
      name,
      descriptions,
      claims,
      version,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

export class ScopePage extends PageOf(ScopeView) {}
