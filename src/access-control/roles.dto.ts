import { permissionPattern } from '../platform/access/permission-set.js';
import { PageQuery } from '../platform/http/lists.js';
import { Text, TextList, ValidateWith } from '../platform/http/properties.js';
import { isUuid } from '../platform/crypto/uuid.js';

/** An id in an address would be ambiguous beside a name that looks like one. */
export const NotLikeAnId = () =>
  ValidateWith(
    'notLikeAnId',
    (value) => typeof value !== 'string' || !isUuid(value),
    'must not look like an id',
  );

const RoleName =
  (options: { optional?: boolean } = {}): PropertyDecorator =>
  (target, name) => {
    NotLikeAnId()(target, name);
    Text({
      max: 64,
      pattern: /^[a-z0-9][a-z0-9._-]*$/,
      patternText: 'must be lower-case letters, digits, dots, underscores and hyphens',
      example: 'editor',
      ...options,
    })(target, name);
  };

const RolePermissions = (options: { optional?: boolean } = {}) =>
  TextList({
    maxItems: 500,
    pattern: permissionPattern,
    patternText: 'must be permissions like articles:publish, or wildcards like articles:* and *',
    example: ['articles:publish', 'articles:write'],
    ...options,
  });

export class CreateRoleBody {
  @RoleName()
  name!: string;

  @Text({ max: 500, optional: true, nullable: true, example: 'Writes and publishes articles' })
  description?: string | null;

  @RolePermissions()
  permissions!: string[];
}

export class UpdateRoleBody {
  @RoleName({ optional: true })
  name?: string;

  @Text({ max: 500, optional: true, nullable: true, example: 'Writes and publishes articles' })
  description?: string | null;

  @RolePermissions({ optional: true })
  permissions?: string[];
}

export class RolesQuery extends PageQuery {
  @Text({ max: 100, optional: true, describe: 'Part of the name', example: 'edit' })
  q?: string;
}
