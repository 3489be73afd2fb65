import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { weakPassword } from '../passwords/passwords.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import {
  ChangeOrganization,
  CreateOrganization,
  OrganizationPage,
  OrganizationsQuery,
  OrganizationView,
} from './organizations.dto.js';
import { OrganizationFounding } from './organization-founding.service.js';
import { platformOrganization, slugTaken } from './organizations.problems.js';
import { Organizations } from './organizations.service.js';

const NamedOrganization = () =>
  ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' });

@ApiTags('Organizations')
@Controller('v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly organizations: Organizations,
    private readonly founding: OrganizationFounding,
  ) {}

  @Post()
  @Requires('platform:organizations')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create an organization',
    description:
      'With the system roles `owner`, `admin` and `member`, and its first owner where one is given.',
    status: 201,
    answer: OrganizationView,
    problems: [slugTaken, weakPassword],
  })
  create(@Caller() actor: Actor, @Body() input: CreateOrganization): Promise<OrganizationView> {
    return this.founding.create(actor, input);
  }

  @Get()
  @Requires('platform:organizations')
  @Operation({ summary: 'List organizations, newest first', answer: OrganizationPage })
  list(@Caller() actor: Actor, @Query() query: OrganizationsQuery): Promise<OrganizationPage> {
    return this.organizations.list(actor, query);
  }

  @Get(':organization')
  @NamedOrganization()
  @Requires('organization:read', { operators: true })
  @Operation({ summary: 'Read an organization', answer: OrganizationView })
  get(@Caller() actor: Actor, @Param('organization') organization: string): Promise<OrganizationView> {
    return this.organizations.get(actor, organization);
  }

  @Patch(':organization')
  @NamedOrganization()
  @Requires('organization:write', { operators: true })
  @TakesIfMatch()
  @Operation({ summary: 'Change an organization', answer: OrganizationView })
  change(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangeOrganization,
    @IfMatch() version: ExpectedVersion,
  ): Promise<OrganizationView> {
    return this.organizations.change(actor, organization, change, version);
  }

  @Delete(':organization')
  @NamedOrganization()
  @Requires('organization:delete', { operators: true })
  @Operation({
    summary: 'Delete an organization with everything in it',
    status: 204,
    problems: [platformOrganization],
  })
  delete(@Caller() actor: Actor, @Param('organization') organization: string): Promise<void> {
    return this.organizations.delete(actor, organization);
  }

  @Put(':organization/suspension')
  @NamedOrganization()
  @Requires('platform:organizations', { operators: true })
  @Operation({
    summary: 'Suspend an organization',
    description:
      'Ends its sessions and refuses sign-in, sessions and API keys until the suspension is lifted.',
    answer: OrganizationView,
    problems: [platformOrganization],
  })
  suspend(@Caller() actor: Actor, @Param('organization') organization: string): Promise<OrganizationView> {
    return this.organizations.suspend(actor, organization);
  }

  @Delete(':organization/suspension')
  @NamedOrganization()
  @Requires('platform:organizations', { operators: true })
  @Operation({ summary: 'Lift the suspension', answer: OrganizationView, problems: [platformOrganization] })
  liftSuspension(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<OrganizationView> {
    return this.organizations.liftSuspension(actor, organization);
  }
}
