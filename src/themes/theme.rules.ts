import { isDeepStrictEqual } from 'node:util';
import { contrastOf, readableOn } from '../platform/colors/contrast.rules.js';
import { productPalettes } from '../platform/colors/palette.rules.js';
import type { ThemeColors, ThemeMode, ThemePalette, ThemeTexts } from './theme.types.js';

/** What an organization has set; the rest is the product's. */
export interface ThemeSettings {
  readonly colors: { readonly [Mode in ThemeMode]?: Partial<ThemePalette> };
  readonly texts: Partial<ThemeTexts>;
}

export interface ContrastWarning {
  readonly pair: string;
  readonly mode: ThemeMode;
  readonly ratio: number;
  readonly needed: number;
}

/** A primary colour is a brand: set for one mode, it stands for the other too. */
export function colorsOf({ colors: { light = {}, dark = {} } }: ThemeSettings): ThemeColors {
  return {
    light: paletteOf(productPalettes.light, { ...brandOf(dark), ...light }),
    dark: paletteOf(productPalettes.dark, { ...brandOf(light), ...dark }),
  };
}

const brandOf = ({ primary }: Partial<ThemePalette>): Partial<ThemePalette> =>
  primary === undefined ? {} : { primary };

function paletteOf(
  unset: ThemePalette,
  { primary = unset.primary, onPrimary = readableOn(primary), ...others }: Partial<ThemePalette>,
): ThemePalette {
  return { ...unset, ...others, primary, onPrimary };
}

/**
 * Pairs of colours and the contrast that they need: 4.5 for text (WCAG 2.2, success criterion 1.4.3), 3 for what shows
 * where a button is (1.4.11).
 */
const pairs: readonly { colors: [keyof ThemePalette, keyof ThemePalette]; needed: number }[] = [
  { colors: ['text', 'background'], needed: 4.5 },
  { colors: ['text', 'surface'], needed: 4.5 },
  { colors: ['onPrimary', 'primary'], needed: 4.5 },
  { colors: ['primary', 'background'], needed: 3 },
];
export const contrastPairs = pairs.map(({ colors }) => colors.join('/'));

/** Where people will have trouble reading. */
export function contrastWarnings(colors: ThemeColors): ContrastWarning[] {
  return (['light', 'dark'] as const).flatMap((mode) =>
    pairs.flatMap(({ colors: [front, back], needed }) => {
      const ratio = contrastOf(colors[mode][front], colors[mode][back]);
      // Rounded down: what is just too little must not read as enough.
      const shown = Math.floor(ratio * 100) / 100;
      return ratio < needed ? [{ pair: `${front}/${back}`, mode, ratio: shown, needed }] : [];
    }),
  );
}

export function textsOf({ texts }: ThemeSettings, organizationName: string): ThemeTexts {
  return {
    productName: texts.productName ?? organizationName,
    supportEmail: texts.supportEmail ?? null,
    supportUrl: texts.supportUrl ?? null,
    footers: texts.footers ?? [],
  };
}

/** The footer for a reader: in the very language, else in the language at large, else in English, else the first. */
export function footerFor(footers: ThemeTexts['footers'], locale: string | null): string | null {
  const inLanguage = (wanted: string): string | undefined =>
    footers.find((footer) => footer.locale.toLowerCase() === wanted.toLowerCase())?.text;
  const own = locale === null ? undefined : (inLanguage(locale) ?? inLanguage(locale.split('-')[0]!));
  return own ?? inLanguage('en') ?? footers[0]?.text ?? null;
}

/** The index of a footer in a language that another one has already, or null. */
export function repeatedFooter(footers: ThemeTexts['footers']): number | null {
  const locales = footers.map(({ locale }) => locale.toLowerCase());
  const repeated = locales.findIndex((locale, index) => locales.indexOf(locale) !== index);
  return repeated === -1 ? null : repeated;
}

export const isSameTheme = (one: ThemeSettings, other: ThemeSettings): boolean =>
  isDeepStrictEqual(one, other);
