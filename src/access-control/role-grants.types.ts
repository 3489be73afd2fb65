import { applyDecorators } from '@nestjs/common';
import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateIf, ValidateNested } from 'class-validator';
import type { Grant } from './access-control.service.js';
import { Moment, Text, WithoutLists } from '../platform/http/properties.js';

const maxGrants = 100;

export class RoleGrant {
  @Text({ max: 64, example: 'editor', describe: 'Name or id' })
  role!: string;

  @Moment({ optional: true, nullable: true, describe: 'When the role ends; for good when left out' })
  expiresAt?: string | null;
}

/** An optional list of roles, each by its name alone or with the end of the grant. */
export function RoleGrants({ describe }: { describe: string }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'array',
      maxItems: maxGrants,
      items: { oneOf: [{ type: 'string', maxLength: 64 }, { $ref: getSchemaPath(RoleGrant) }] },
      required: false,
      description: describe,
      example: ['member', { role: 'editor', expiresAt: '2027-01-31T12:00:00.000Z' }],
    }),
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(named) : value)),
    Type(() => RoleGrant),
    ValidateIf((_, value) => value !== undefined),
    IsArray(),
    ArrayMaxSize(maxGrants),
    WithoutLists(),
    ValidateNested({ each: true }),
  );
}

export function grantsOf(roles: readonly RoleGrant[]): Grant[] {
  return roles.map(({ role, expiresAt }) => ({ role, expiresAt: expiresAt ? new Date(expiresAt) : null }));
}

function named(entry: unknown): unknown {
  return typeof entry === 'string' ? Object.assign(new RoleGrant(), { role: entry }) : entry;
}
