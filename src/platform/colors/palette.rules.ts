/** Five colours make a look, each `#` and six hexadecimal digits. */
export interface Palette {
  readonly primary: string;
  /** Of text on the primary colour. */
  readonly onPrimary: string;
  readonly background: string;
  /** Of what lies around or on the background. */
  readonly surface: string;
  readonly text: string;
}

export interface Palettes {
  readonly light: Palette;
  readonly dark: Palette;
}

/** How everything looks that no organization has given colours to. */
export const productPalettes = {
  light: {
    primary: '#2f54c8',
    onPrimary: '#ffffff',
    background: '#ffffff',
    surface: '#f3f4f8',
    text: '#1b1e26',
  },
  dark: {
    primary: '#8ea6ff',
    onPrimary: '#000000',
    background: '#12141a',
    surface: '#1c1f28',
    text: '#e8eaf1',
  },
} as const satisfies Palettes;
