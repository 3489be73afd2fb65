import { Global, Module } from '@nestjs/common';
import { Organizations } from './organizations.service.js';

/** The tenants. Operators of the platform organization manage the list; the platform organization itself always stays. */
@Global()
@Module({ providers: [Organizations], exports: [Organizations] })
export class OrganizationsModule {}
