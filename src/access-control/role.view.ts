import { Flag, Id, Integer, Moment, Text, TextList } from '../platform/http/properties.js';
import { PageOf } from '../platform/http/lists.js';
import { permissionPattern } from '../platform/access/permission-set.js';
import type { RoleRow } from './roles.queries.js';

export class RoleView {
  @Id()
  id!: string;

  @Text({ max: 64, example: 'editor' })
  name!: string;

  @Text({ max: 500, nullable: true, example: 'Writes and publishes articles' })
  description!: string | null;

  @Flag({ describe: 'System roles cannot be changed', example: false })
  isSystemRole!: boolean;

  @TextList({
    maxItems: 10_000,
    pattern: permissionPattern,
    patternText: 'must be permissions',
    example: ['articles:publish', 'articles:write'],
  })
  permissions!: string[];

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of(row: RoleRow): RoleView {
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      isSystemRole: row.is_system_role,
      permissions: row.permissions,
      version: row.version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class RolePage extends PageOf(RoleView) {}
