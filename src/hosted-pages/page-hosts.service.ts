import { Injectable } from '@nestjs/common';
import { Organizations } from '../organizations/organizations.service.js';
import { Database } from '../platform/database/database.js';
import type { ShownTheme } from '../themes/theme.types.js';
import { Themes } from '../themes/themes.service.js';
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

/** What pages need to know of their organization before anybody has signed in. */
@Injectable()
export class PageHosts {
  constructor(
    private readonly organizations: Organizations,
    private readonly database: Database,
    private readonly themes: Themes,
    private readonly tokens: VerificationTokens,
  ) {}

  /** By slug only, which is what stands in addresses. */
  async find(slug: string): Promise<HostOrganization | null> {
    const organization = await this.organizations.find(slug);
    const isHost = organization?.status === 'active' && organization.slug === slug;
    return isHost ? organization : null;
  }

  /** @param language of the reader */
  async lookOf({ id }: HostOrganization, language: string): Promise<ShownTheme> {
    const look = await this.database.forOrganization(id, (tx) => this.themes.forReader(tx, language));
    // On the very host that the page is on, whichever of its names that is: pages load images from nowhere else.
    return { ...look, logo: look.logo === null ? null : new URL(look.logo).pathname };
  }

  /** Looks at a link without using it up: scanners open every link of a mail before anybody reads it. */
  isAlive({ id }: HostOrganization, type: VerificationTokenType, token: string): Promise<boolean> {
    return this.database.forOrganization(id, (tx) => this.tokens.check(tx, type, token));
  }
}
