import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { unknownRole } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import {
  PasswordPolicyView,
  RegistrationPolicyView,
  SessionPolicyView,
  SetPasswordPolicy,
  SetRegistrationPolicy,
  SetSessionPolicy,
} from './policies.dto.js';
import { defaultRoleOwner, policyContradiction } from './policies.problems.js';
import { PolicyAdministration } from './policy-administration.service.js';

const setDescription =
  'Only the keys to set; `null` gives a key back to the platform. The policy of the organization `platform` holds for all.';

@ApiTags('Policies')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/policies')
export class PoliciesController {
  constructor(private readonly policies: PolicyAdministration) {}

  @Get('registration')
  @Requires('policies:read', { operators: true })
  @Operation({ summary: 'Read who may sign up, and as what', answer: RegistrationPolicyView })
  getRegistration(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<RegistrationPolicyView> {
    return this.policies.get(actor, organization, 'registration');
  }

  @Put('registration')
  @Requires('policies:write', { operators: true })
  @Operation({
    summary: 'Set who may sign up, and as what',
    description: setDescription,
    answer: RegistrationPolicyView,
    problems: [unknownRole, defaultRoleOwner],
  })
  setRegistration(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() policy: SetRegistrationPolicy,
  ): Promise<RegistrationPolicyView> {
    return this.policies.set(actor, organization, 'registration', policy);
  }

  @Get('password')
  @Requires('policies:read', { operators: true })
  @Operation({ summary: 'Read what passwords must be like', answer: PasswordPolicyView })
  getPassword(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<PasswordPolicyView> {
    return this.policies.get(actor, organization, 'password');
  }

  @Put('password')
  @Requires('policies:write', { operators: true })
  @Operation({
    summary: 'Set what passwords must be like',
    description: setDescription,
    answer: PasswordPolicyView,
  })
  setPassword(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() policy: SetPasswordPolicy,
  ): Promise<PasswordPolicyView> {
    return this.policies.set(actor, organization, 'password', policy);
  }

  @Get('session')
  @Requires('policies:read', { operators: true })
  @Operation({ summary: 'Read how long sessions live', answer: SessionPolicyView })
  getSession(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<SessionPolicyView> {
    return this.policies.get(actor, organization, 'session');
  }

  @Put('session')
  @Requires('policies:write', { operators: true })
  @Operation({
    summary: 'Set how long sessions live',
    description: `${setDescription} Sessions that exist keep their end. Those of operators never live longer than a day.`,
    answer: SessionPolicyView,
    problems: [policyContradiction],
  })
  setSession(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() policy: SetSessionPolicy,
  ): Promise<SessionPolicyView> {
    return this.policies.set(actor, organization, 'session', policy);
  }
}
