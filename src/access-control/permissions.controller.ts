import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { Operation } from '../platform/http/operation.js';
import {
  limitReached,
  permissionTaken,
  productPermission,
  unknownPermission,
} from './access-control.problems.js';
import { CreatePermissionBody, PermissionPage, PermissionsQuery, PermissionView } from './permissions.dto.js';
import { Permissions } from './permissions.service.js';

@ApiTags('Permissions')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/permissions')
export class PermissionsController {
  constructor(private readonly permissions: Permissions) {}

  @Get()
  @Requires('roles:read')
  @Operation({
    summary: 'List permissions',
    description: 'Those of the product and those of the organization, ordered by name.',
    answer: PermissionPage,
  })
  list(@Caller() actor: Actor, @Query() query: PermissionsQuery): Promise<PermissionPage> {
    return this.permissions.list(actor, query);
  }

  @Post()
  @Requires('roles:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Define a permission of your own',
    description: 'The role `admin` holds it from then on. The resources of the product are reserved.',
    status: 201,
    answer: PermissionView,
    problems: [permissionTaken, unknownPermission, limitReached],
  })
  create(@Caller() actor: Actor, @Body() body: CreatePermissionBody): Promise<PermissionView> {
    return this.permissions.create(actor, body);
  }

  @Delete(':permission')
  @ApiParam({ name: 'permission', description: 'Id or name', example: 'articles:publish' })
  @Requires('roles:write')
  @Operation({
    summary: 'Delete a permission of your own',
    description: 'It leaves all roles. You must hold it.',
    status: 204,
    problems: [productPermission],
  })
  delete(@Caller() actor: Actor, @Param('permission') permission: string): Promise<void> {
    return this.permissions.delete(actor, permission);
  }
}
