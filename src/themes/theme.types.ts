import type { Palette } from '../platform/colors/palette.rules.js';

export type ThemeMode = 'light' | 'dark';

export type ThemePalette = Palette;

export type ThemeColors = { readonly [Mode in ThemeMode]: ThemePalette };

/** Plain text: whoever shows it escapes it. */
export interface ThemeTexts {
  readonly productName: string;
  readonly supportEmail: string | null;
  readonly supportUrl: string | null;
  readonly footers: readonly { readonly locale: string; readonly text: string }[];
}

/** What a page or a mail for one reader needs. */
export interface ShownTheme {
  readonly productName: string;
  readonly supportEmail: string | null;
  readonly supportUrl: string | null;
  /** In the reader's language, or in one that they may know. */
  readonly footer: string | null;
  /** Address of an image. */
  readonly logo: string | null;
  readonly colors: ThemeColors;
}
