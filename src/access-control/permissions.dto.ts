import { Flag, Id, Moment, Text } from '../platform/http/properties.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';
import type { PermissionRow } from './permissions.queries.js';

const PermissionPart = (example: string, describe: string) =>
  Text({
    max: 64,
    pattern: /^[a-z0-9][a-z0-9._-]*$/,
    patternText: 'must be lower-case letters, digits, dots, underscores and hyphens',
    example,
    describe,
  });

export class CreatePermissionBody {
  @PermissionPart('articles', 'None of the resources of the product')
  resource!: string;

  @PermissionPart('publish', 'What is done to it')
  action!: string;

  @Text({ max: 500, optional: true, nullable: true, example: 'Make an article public' })
  description?: string | null;
}

export class PermissionsQuery extends PageQuery {
  @Text({ max: 100, optional: true, describe: 'Part of the name', example: 'articles' })
  q?: string;
}

export class PermissionView {
  @Id({ nullable: true, describe: 'Null for permissions of the product' })
  id!: string | null;

  @Text({ max: 129, example: 'articles:publish' })
  name!: string;

  @Text({ max: 64, example: 'articles' })
  resource!: string;

  @Text({ max: 64, example: 'publish' })
  action!: string;

  @Text({ max: 500, nullable: true, example: 'Make an article public' })
  description!: string | null;

  @Flag({ describe: 'Part of the product: the same in every organization', example: false })
  isProduct!: boolean;

  @Moment({ nullable: true, describe: 'Null for permissions of the product' })
  createdAt!: string | null;

  static of(row: PermissionRow): PermissionView {
    return {
      id: row.id,
      name: row.name,
      resource: row.resource,
      action: row.action,
      description: row.description,
      isProduct: row.is_product,
      createdAt: row.created_at?.toISOString() ?? null,
    };
  }
}

export class PermissionPage extends PageOf(PermissionView) {}
