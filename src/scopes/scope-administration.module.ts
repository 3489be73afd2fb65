import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { ApiResourcesController } from './api-resources.controller.js';
import { ApiResources } from './api-resources.service.js';
import { CustomClaimsController } from './custom-claims.controller.js';
import { CustomClaims } from './custom-claims.service.js';
import { CustomScopesController } from './custom-scopes.controller.js';
import { CustomScopes } from './custom-scopes.service.js';
import { Definitions } from './definitions.service.js';

/** Defining scopes, claims and APIs over HTTP. What the protocol and the product have defined already stays theirs. */
@Module({
  imports: [AccessControlModule],
  controllers: [CustomScopesController, CustomClaimsController, ApiResourcesController],
  providers: [Definitions, CustomScopes, CustomClaims, ApiResources],
})
export class ScopeAdministrationModule {}
