import { Injectable } from '@nestjs/common';
import { colorPattern } from '../platform/colors/contrast.rules.js';
import { type Palette, productPalettes } from '../platform/colors/palette.rules.js';
import type { Transaction } from '../platform/database/transaction.js';

/** How mails of an organization look. */
export interface MailTheme {
  readonly name: string;
  readonly logoUrl: string | null;
  /** What stands below everything; plain text. */
  readonly footer: string | null;
  /** Where people get help; an address that a mail program may open, and one of the web. */
  readonly supportEmail: string | null;
  readonly supportUrl: string | null;
  readonly light: Palette;
  readonly dark: Palette;
}

export interface MailThemeRequest {
  readonly organizationName: string;
  readonly locale: string;
}

type MailThemeReader = (tx: Transaction, request: MailThemeRequest) => Promise<MailTheme>;

/** Mails look as the organization says, if a feature knows that, and plain otherwise. */
@Injectable()
export class MailThemes {
  #reader: MailThemeReader = async (_, { organizationName }) => ({
    ...productPalettes,
    name: organizationName,
    logoUrl: null,
    footer: null,
    supportEmail: null,
    supportUrl: null,
  });

  /** Says where looks come from; called once, when the application is put together. */
  provide(reader: MailThemeReader): void {
    this.#reader = reader;
  }

  async read(tx: Transaction, request: MailThemeRequest): Promise<MailTheme> {
    const theme = await this.#reader(tx, request);
    // Colours stand in style sheets, where the escaping of HTML protects nothing.
    return {
      ...theme,
      light: checked(theme.light, productPalettes.light),
      dark: checked(theme.dark, productPalettes.dark),
    };
  }
}

function checked(palette: Palette, otherwise: Palette): Palette {
  const entries = Object.entries(otherwise).map(([name, color]) => {
    const given = palette[name as keyof Palette];
    return [name, colorPattern.test(given) ? given : color];
  });
  return Object.fromEntries(entries) as unknown as Palette;
}
