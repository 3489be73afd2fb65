import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { unknownRole } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import {
  ChangePasswordPolicy,
  ChangeRegistrationPolicy,
  ChangeSessionPolicy,
  ChangeSigningKeysPolicy,
  ChangeSignInPolicy,
  ChangeTokensPolicy,
  PasswordPolicyView,
  RegistrationPolicyView,
  SessionPolicyView,
  SigningKeysPolicyView,
  SignInPolicyView,
  TokensPolicyView,
} from './policies.dto.js';
import { defaultRoleOwner, policyContradiction } from './policies.problems.js';
import { PolicyAdministration } from './policy-administration.service.js';

const MayRead = () => Requires('policies:read', { operators: true });
const MayChange = () => Requires('policies:write', { operators: true });

const changeRules =
  'Only the keys to set; null gives a key back to the platform. The policies of the platform organization hold wherever ' +
  'an organization says nothing, and only operators change them.';

@ApiTags('Policies')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/policies')
export class PoliciesController {
  constructor(private readonly policies: PolicyAdministration) {}

  @Get('registration')
  @MayRead()
  @Operation({ summary: 'Read the rules for registration', answer: RegistrationPolicyView })
  getRegistration(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<RegistrationPolicyView> {
    return this.policies.get(actor, organization, 'registration');
  }

  @Put('registration')
  @MayChange()
  @Operation({
    summary: 'Change the rules for registration',
    description: `${changeRules} Whoever sets the default role, or opens registration, must hold what that role holds.`,
    answer: RegistrationPolicyView,
    problems: [defaultRoleOwner, policyContradiction, unknownRole],
  })
  changeRegistration(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangeRegistrationPolicy,
  ): Promise<RegistrationPolicyView> {
    return this.policies.change(actor, organization, 'registration', change);
  }

  @Get('password')
  @MayRead()
  @Operation({ summary: 'Read the rules for passwords', answer: PasswordPolicyView })
  getPassword(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<PasswordPolicyView> {
    return this.policies.get(actor, organization, 'password');
  }

  @Put('password')
  @MayChange()
  @Operation({
    summary: 'Change the rules for passwords',
    description: `${changeRules} They hold for new passwords.`,
    answer: PasswordPolicyView,
  })
  changePassword(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangePasswordPolicy,
  ): Promise<PasswordPolicyView> {
    return this.policies.change(actor, organization, 'password', change);
  }

  @Get('session')
  @MayRead()
  @Operation({ summary: 'Read the rules for sessions', answer: SessionPolicyView })
  getSession(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<SessionPolicyView> {
    return this.policies.get(actor, organization, 'session');
  }

  @Put('session')
  @MayChange()
  @Operation({
    summary: 'Change the rules for sessions',
    description:
      `${changeRules} They hold for new sessions. Sessions of the platform organization itself end within 24 hours, ` +
      'whatever it says for others.',
    answer: SessionPolicyView,
    problems: [policyContradiction],
  })
  changeSession(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangeSessionPolicy,
  ): Promise<SessionPolicyView> {
    return this.policies.change(actor, organization, 'session', change);
  }

  @Get('sign-in')
  @MayRead()
  @Operation({ summary: 'Read the rules for signing in', answer: SignInPolicyView })
  getSignIn(@Caller() actor: Actor, @Param('organization') organization: string): Promise<SignInPolicyView> {
    return this.policies.get(actor, organization, 'sign-in');
  }

  @Put('sign-in')
  @MayChange()
  @Operation({
    summary: 'Change the rules for signing in',
    description: `${changeRules} Links that were sent before signing in by link was switched off do nothing any more.`,
    answer: SignInPolicyView,
  })
  changeSignIn(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangeSignInPolicy,
  ): Promise<SignInPolicyView> {
    return this.policies.change(actor, organization, 'sign-in', change);
  }

  @Get('tokens')
  @MayRead()
  @Operation({ summary: 'Read the lifetimes of tokens', answer: TokensPolicyView })
  getTokens(@Caller() actor: Actor, @Param('organization') organization: string): Promise<TokensPolicyView> {
    return this.policies.get(actor, organization, 'tokens');
  }

  @Put('tokens')
  @MayChange()
  @Operation({
    summary: 'Change the lifetimes of tokens',
    description: `${changeRules} They hold for new tokens of applications that say nothing of their own.`,
    answer: TokensPolicyView,
    problems: [policyContradiction],
  })
  changeTokens(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangeTokensPolicy,
  ): Promise<TokensPolicyView> {
    return this.policies.change(actor, organization, 'tokens', change);
  }

  @Get('signing-keys')
  @MayRead()
  @Operation({ summary: 'Read how often signing keys change', answer: SigningKeysPolicyView })
  getSigningKeys(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
  ): Promise<SigningKeysPolicyView> {
    return this.policies.get(actor, organization, 'signing-keys');
  }

  @Put('signing-keys')
  @MayChange()
  @Operation({
    summary: 'Change how often signing keys change',
    description: `${changeRules} It holds for the keys in use, too; the next one is published two days before it takes over.`,
    answer: SigningKeysPolicyView,
  })
  changeSigningKeys(
    @Caller() actor: Actor,
    @Param('organization') organization: string,
    @Body() change: ChangeSigningKeysPolicy,
  ): Promise<SigningKeysPolicyView> {
    return this.policies.change(actor, organization, 'signing-keys', change);
  }
}
