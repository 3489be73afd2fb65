import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { Scopes } from './scopes.service.js';

/** What applications can ask for, for other features: scopes, claims and the APIs that take access tokens. */
@Module({ imports: [AccessControlModule, PoliciesModule], providers: [Scopes], exports: [Scopes] })
export class ScopesModule {}
