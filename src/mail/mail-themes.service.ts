import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';

export interface MailPalette {
  readonly primary: string;
  readonly onPrimary: string;
  readonly background: string;
  readonly surface: string;
  readonly text: string;
}

/** How mails of an organization look. */
export interface MailTheme {
  readonly name: string;
  readonly logoUrl: string | null;
  /** What stands below everything; plain text. */
  readonly footer: string | null;
  readonly light: MailPalette;
  readonly dark: MailPalette;
}

export interface MailThemeRequest {
  readonly organizationName: string;
  readonly locale: string;
}

type MailThemeReader = (tx: Transaction, request: MailThemeRequest) => Promise<MailTheme>;

const plain = {
  light: {
    primary: '#2450c4',
    onPrimary: '#ffffff',
    background: '#ffffff',
    surface: '#f4f5f7',
    text: '#1c2330',
  },
  dark: {
    primary: '#8fb0ff',
    onPrimary: '#10182b',
    background: '#1b2029',
    surface: '#12151b',
    text: '#e8ebf1',
  },
} as const satisfies Record<string, MailPalette>;

/** Mails look as the organization says, if a feature knows that, and plain otherwise. */
@Injectable()
export class MailThemes {
  #reader: MailThemeReader = async (_, { organizationName }) => ({
    ...plain,
    name: organizationName,
    logoUrl: null,
    footer: null,
  });

  /** Says where looks come from; called once, when the application is put together. */
  provide(reader: MailThemeReader): void {
    this.#reader = reader;
  }

  async read(tx: Transaction, request: MailThemeRequest): Promise<MailTheme> {
    const theme = await this.#reader(tx, request);
    // Colours stand in style sheets, where the escaping of HTML protects nothing.
    return { ...theme, light: checked(theme.light, plain.light), dark: checked(theme.dark, plain.dark) };
  }
}

function checked(palette: MailPalette, otherwise: MailPalette): MailPalette {
  const entries = Object.entries(otherwise).map(([name, color]) => {
    const given = palette[name as keyof MailPalette];
    return [name, /^#[0-9a-f]{6}$/i.test(given) ? given : color];
  });
  return Object.fromEntries(entries) as unknown as MailPalette;
}
