import { applyDecorators } from '@nestjs/common';
import { PageOf } from '../platform/http/lists.js';
import { PlainLine } from '../platform/http/plain-line.js';
import {
  Choice,
  Id,
  Integer,
  JsonObject,
  Moment,
  Nested,
  Text,
  TextList,
  ValidateWith,
} from '../platform/http/properties.js';
import { longestTokens } from '../policies/policies.service.js';
import type { ApiResourceRow } from './api-resources.queries.js';
import { isClaimSource } from './claim-sources.rules.js';
import type { CustomClaim } from './custom-claim.entity.js';
import type { CustomScope } from './custom-scope.entity.js';
import { areDescriptions, claimPattern, scopePattern } from './names.rules.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const optional: Use = { optional: true };
const clearable: Use = { optional: true, nullable: true };
const nullable: Use = { nullable: true };

export const mostScopesOfResource = 100;

const ScopeName = (example: string) =>
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
const Identifier = () =>
  Text({
    max: 500,
    example: 'https://api.acme.example/articles',
    describe:
      'An absolute URI: what applications ask for as `resource`, and the audience of tokens. It never changes',
  });
const ResourceName = (use: Use = {}) =>
  PlainLine({ ...use, max: 100, example: 'Articles', describe: 'What people read when they are asked' });
const Format = (use: Use = {}) =>
  Choice(['jwt', 'opaque'], {
    ...use,
    describe: 'Whether the API reads tokens by itself (RFC 9068), or asks',
  });
const Seconds = (use: Use = {}) =>
  Integer({
    ...use,
    min: 60,
    max: longestTokens.opaqueAccessToken,
    fromBody: true,
    example: 300,
    describe: `Lifetime of tokens for it, at most ${longestTokens.jwt} for \`jwt\`; null for that of the policy`,
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

export class ResourceScopeBody {
  @ScopeName('articles:read')
  name!: string;

  @PlainLine({
    max: 300,
    ...clearable,
    example: 'Read your articles',
    describe: 'What people read when they are asked',
  })
  description?: string | null;
}

export class ResourceScopeView {
  @ScopeName('articles:read')
  name!: string;

  @PlainLine({ max: 300, nullable: true, example: 'Read your articles' })
  description!: string | null;
}

const ResourceScopes = (use: Use = {}) =>
  Nested(() => ResourceScopeBody, {
    ...use,
    list: true,
    maxItems: mostScopesOfResource,
    describe: 'What applications can ask of it; in the order in which people read them',
  });

export class CreateApiResourceBody {
  @Identifier()
  identifier!: string;

  @ResourceName()
  name!: string;

  @Format(optional)
  accessTokenFormat?: 'jwt' | 'opaque';

  @Seconds(clearable)
  accessTokenSeconds?: number | null;

  @ResourceScopes(optional)
  scopes?: ResourceScopeBody[];
}

export class UpdateApiResourceBody {
  @ResourceName(optional)
  name?: string;

  @Format(optional)
  accessTokenFormat?: 'jwt' | 'opaque';

  @Seconds(clearable)
  accessTokenSeconds?: number | null;

  @ResourceScopes(optional)
  scopes?: ResourceScopeBody[];
}

export class ApiResourceView {
  @Id()
  id!: string;

  @Identifier()
  identifier!: string;

  @ResourceName()
  name!: string;

  @Format()
  accessTokenFormat!: 'jwt' | 'opaque';

  @Seconds(nullable)
  accessTokenSeconds!: number | null;

  @Nested(() => ResourceScopeView, { list: true, maxItems: mostScopesOfResource })
  scopes!: ResourceScopeView[];

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of(row: ApiResourceRow): ApiResourceView {
    return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
  }
}

export class ApiResourcePage extends PageOf(ApiResourceView) {}
