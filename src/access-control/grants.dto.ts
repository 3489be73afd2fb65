import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateNested } from 'class-validator';
import { Integer, Moment, Nested, Text, WithoutLists } from '../platform/http/properties.js';
import type { Grant } from './grants.rules.js';

const maxGrants = 100;

const RoleReference = () =>
  Text({
    max: 64,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    patternText: 'must be the name or the id of a role',
    example: 'editor',
  });

export class GrantBody {
  @RoleReference()
  role!: string;

  @Moment({ optional: true, nullable: true, describe: 'When the role ends by itself; in the future' })
  expiresAt?: string | null;
}

/** Roles to give, each as a name or with its end. */
function GrantList(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'array',
      maxItems: maxGrants,
      items: { oneOf: [{ type: 'string', maxLength: 64 }, { $ref: getSchemaPath(GrantBody) }] },
      description: 'Names of roles, or objects where a role has an end',
      example: ['member', { role: 'editor', expiresAt: '2027-01-31T12:00:00.000Z' }],
    }),
    Type(() => GrantBody),
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(named) : value)),
    IsArray(),
    ArrayMaxSize(maxGrants),
    WithoutLists(),
    ValidateNested({ each: true }),
  );
}

function named(item: unknown): unknown {
  return typeof item === 'string' ? Object.assign(new GrantBody(), { role: item }) : item;
}

@ApiExtraModels(GrantBody)
export class SetRolesBody {
  @GrantList()
  roles!: GrantBody[];

  static grantsOf({ roles }: SetRolesBody): Grant[] {
    return roles.map(({ role, expiresAt = null }) => ({
      role,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    }));
  }
}

export class GrantView {
  @Text({ max: 64, example: 'editor' })
  role!: string;

  @Moment({ nullable: true, describe: 'Null for good' })
  expiresAt!: string | null;

  static of({ role, expiresAt }: Grant): GrantView {
    return { role, expiresAt: expiresAt?.toISOString() ?? null };
  }
}

/** The roles of a user or a team, with the version of that. */
export class GrantsView {
  @Nested(() => GrantView, { list: true })
  roles!: GrantView[];

  @Integer({ min: 1, max: 2_147_483_647, example: 3, describe: 'Of the user or team that has them' })
  version!: number;

  static of(grants: readonly Grant[], version: number): GrantsView {
    return { roles: grants.map((grant) => GrantView.of(grant)), version };
  }
}
