import { PageOf } from '../platform/http/lists.js';
import { PlainLine } from '../platform/http/plain-line.js';
import { Choice, Id, Integer, Moment, Nested, Text } from '../platform/http/properties.js';
import { longestTokens } from '../policies/policies.service.js';
import type { ApiResourceRow } from './api-resources.queries.js';
import { ScopeName } from './custom-scopes.dto.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const optional: Use = { optional: true };
const clearable: Use = { optional: true, nullable: true };
const nullable: Use = { nullable: true };

const mostScopesOfResource = 100;

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
