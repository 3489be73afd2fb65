import { productPalettes, type Palettes } from '../../colors/palette.rules.js';
import { isLight, pageColors } from '../../colors/page-colors.rules.js';
import { Markup } from './markup.js';

/** Whose page it is, as data: plain text, addresses and colours. */
export interface PageLook {
  readonly productName: string;
  /** Address of an image on this server. */
  readonly logo: string | null;
  readonly colors: Palettes;
  readonly footer: string | null;
  readonly supportEmail: string | null;
  readonly supportUrl: string | null;
}

/** Of pages that are nobody's in particular. */
export const productLook: PageLook = {
  productName: 'Tenantry',
  logo: null,
  colors: productPalettes,
  footer: null,
  supportEmail: null,
  supportUrl: null,
};

/** The colours as custom properties of the style sheet, for both schemes that a reader may prefer. */
export function colorSheet({ light, dark }: Palettes): Markup {
  return new Markup(
    `:root{${declarations(light)}}@media (prefers-color-scheme:dark){:root{${declarations(dark)}}}`,
  );
}

function declarations(palette: Palettes['light']): string {
  const colors = Object.entries(pageColors(palette)).map(([name, color]) => `--${name}:${color};`);
  // What browsers draw themselves goes with the colours, whatever the reader prefers.
  return `color-scheme:${isLight(palette) ? 'light' : 'dark'};${colors.join('')}`;
}
