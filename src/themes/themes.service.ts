import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import { canonicalEmail } from '../users/identifiers.rules.js';
import {
  colorsOf,
  footerFor,
  isSameTheme,
  repeatedFooter,
  textsOf,
  type ThemeSettings,
} from './theme.rules.js';
import type { ShownTheme } from './theme.types.js';
import { type PublicThemeView, type ReplaceThemeBody, ThemeView } from './themes.dto.js';
import { findTheme, lockTheme, saveTheme, type ThemeRow } from './themes.queries.js';

/** How an organization looks, and what it says about itself: data only, for pages and mails to show. */
@Injectable()
export class Themes {
  constructor(
    private readonly database: Database,
    private readonly organizations: Organizations,
    private readonly media: MediaLinks,
    private readonly audit: Audit,
  ) {}

  read(actor: Actor): Promise<ThemeView> {
    return this.database.forOrganization(actor.organization.id, (tx) => this.viewOf(tx));
  }

  /** For whoever has not signed in yet. @throws Problem `not_found`, also for an organization that is suspended */
  async readPublic(slugOrId: string): Promise<PublicThemeView> {
    const organization = await this.organizations.find(slugOrId);
    if (organization === null || organization.status !== 'active') throw notFoundProblem();
    return this.database.forOrganization(organization.id, async (tx) =>
      this.publicViewOf(tx, await findTheme(tx)),
    );
  }

  /**
   * Makes these the theme; what is left out is the product's.
   *
   * @throws Problem `stale`, `invalid_request`
   */
  replace(actor: Actor, body: ReplaceThemeBody, expectedVersion: ExpectedVersion): Promise<ThemeView> {
    const after = settingsOf(body);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockTheme(tx);
      const { version, colors, texts } = await findTheme(tx);
      const before = { colors, texts };
      requireVersion(version, expectedVersion);
      if (!isSameTheme(before, after)) {
        await saveTheme(tx, after, actor.userId);
        await this.audit.record(
          tx,
          actor,
          'theme.replaced',
          { type: 'theme', id: tx.organizationId },
          { before, after },
        );
      }
      return this.viewOf(tx);
    });
  }

  /** For a page or a mail of the transaction's organization, and a reader of this language. */
  async forReader(tx: Transaction, locale: string | null): Promise<ShownTheme> {
    const row = await findTheme(tx);
    const { footers, ...texts } = textsOf(row, row.organizationName);
    return {
      ...texts,
      footer: footerFor(footers, locale),
      logo: await this.media.logo(tx),
      colors: colorsOf(row),
    };
  }

  private async viewOf(tx: Transaction): Promise<ThemeView> {
    const row = await findTheme(tx);
    return ThemeView.of(await this.publicViewOf(tx, row), row.version);
  }

  private async publicViewOf(tx: Transaction, row: ThemeRow): Promise<PublicThemeView> {
    const { footers, ...texts } = textsOf(row, row.organizationName);
    return {
      colors: colorsOf(row),
      texts: { ...texts, footers: footers.map(({ locale, text }) => ({ locale, text })) },
      logo: await this.media.logo(tx),
    };
  }
}

/** What the body sets, as it is kept. @throws Problem `invalid_request` */
function settingsOf({ colors = {}, texts = {} }: ReplaceThemeBody): ThemeSettings {
  const { productName, supportEmail: givenEmail = null, supportUrl = null, footers = [] } = texts;
  const repeated = repeatedFooter(footers);
  if (repeated !== null)
    raiseInvalid([{ pointer: `/texts/footers/${repeated}/locale`, detail: 'has a footer already' }]);
  const supportEmail = givenEmail === null ? null : canonicalEmail(givenEmail);
  if (supportEmail === null && givenEmail !== null)
    raiseInvalid([{ pointer: '/texts/supportEmail', detail: 'must be an e-mail address' }]);
  return {
    colors: {
      ...(hasSome(colors.light) && { light: lowerCase(colors.light) }),
      ...(hasSome(colors.dark) && { dark: lowerCase(colors.dark) }),
    },
    texts: {
      ...(productName !== undefined && { productName }),
      ...(supportEmail !== null && { supportEmail }),
      ...(supportUrl !== null && { supportUrl }),
      ...(footers.length > 0 && { footers: footers.map(({ locale, text }) => ({ locale, text })) }),
    },
  };
}

const hasSome = <T extends object>(palette: T | undefined): palette is T =>
  palette !== undefined && Object.values(palette).some((color) => color !== undefined);

const lowerCase = (palette: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(palette as Record<string, string | undefined>)
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, color]) => [name, color.toLowerCase()]),
  );
