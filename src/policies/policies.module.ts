import { Module } from '@nestjs/common';
import { Policies } from './policies.service.js';

/** Rules that an organization sets for itself. Whatever it leaves open comes from the platform, else from the defaults. */
@Module({ providers: [Policies], exports: [Policies] })
export class PoliciesModule {}
