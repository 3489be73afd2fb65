import { Injectable } from '@nestjs/common';
import { Organizations } from '../organizations/organizations.service.js';
import { Database } from '../platform/database/database.js';
import {
  type VerificationTokenType,
  VerificationTokens,
} from '../verification/verification-tokens.service.js';

/** The organization whose page it is. */
export interface HostOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/** Looks at links without using them up: scanners open every link of a mail before anybody reads it. */
@Injectable()
export class LinkCheck {
  constructor(
    private readonly organizations: Organizations,
    private readonly database: Database,
    private readonly tokens: VerificationTokens,
  ) {}

  /** By slug only, which is what stands in addresses. */
  async findHost(slug: string): Promise<HostOrganization | null> {
    const organization = await this.organizations.find(slug);
    const isHost = organization?.status === 'active' && organization.slug === slug;
    return isHost ? organization : null;
  }

  isAlive({ id }: HostOrganization, type: VerificationTokenType, token: string): Promise<boolean> {
    return this.database.forOrganization(id, (tx) => this.tokens.check(tx, type, token));
  }
}
