import { colorPattern, contrastOf, luminanceOf, readableOn } from './contrast.rules.js';
import type { Palette } from './palette.rules.js';

/** Of text (WCAG 2.2, success criterion 1.4.3). */
const forText = 4.5;
/** Of edges that show where something is, and of focus (1.4.11). */
const forShapes = 3;

const signals = {
  danger: { light: '#b42318', dark: '#ff9b91' },
  good: { light: '#14733f', dark: '#74d8a0' },
  warning: { light: '#8a5300', dark: '#f2bd6b' },
};

/**
 * Every colour of a page, from the five of a look. Whatever those are, text can be read and edges be seen: a colour that
 * would vanish moves towards black or white until it does not.
 *
 * @throws Error for what is no colour, since these stand in a style sheet, where no escaping protects anything
 */
export function pageColors(palette: Palette): Readonly<Record<string, string>> {
  for (const color of Object.values(palette))
    if (!colorPattern.test(color)) throw new Error('a palette holds something that is no colour');
  const { primary, onPrimary } = palette;
  const [card, page] = layersOf(palette);
  const pageTint = mix(page, primary, 0.08);
  const field = mix(card, palette.text, 0.025);
  const accentSoft = mix(card, primary, 0.1);
  const accentHover = mix(primary, onPrimary, 0.12);
  const mode = isLight(palette) ? 'light' : 'dark';
  const softs = [accentSoft, ...Object.values(signals).map((signal) => mix(card, signal[mode], 0.1))];
  const signal = (name: keyof typeof signals) => {
    const soft = mix(card, signals[name][mode], 0.1);
    return {
      [name]: legible(signals[name][mode], [card, field, soft], forText),
      [`${name}-soft`]: soft,
      [`${name}-line`]: mix(card, signals[name][mode], 0.4),
    };
  };
  return {
    page,
    'page-tint': pageTint,
    'page-text': legible(palette.text, [page, pageTint], forText),
    'page-muted': legible(mix(palette.text, page, 0.35), [page, pageTint], forText),
    'page-link': legible(primary, [page, pageTint], forText),
    card,
    field,
    text: legible(palette.text, [card, field, ...softs], forText),
    muted: legible(mix(palette.text, card, 0.35), [card, field, accentSoft], forText),
    line: mix(card, palette.text, 0.14),
    control: legible(mix(card, palette.text, 0.45), [card, field], forShapes),
    accent: primary,
    'accent-hover': accentHover,
    'accent-soft': accentSoft,
    'accent-edge': legible(primary, [card], forShapes),
    'on-accent': legible(onPrimary, [primary, accentHover], forText),
    link: legible(primary, [card, accentSoft], forText),
    focus: legible(primary, [card, page, field], forShapes),
    ...signal('danger'),
    ...signal('good'),
    ...signal('warning'),
    'danger-fill': signals.danger[mode],
    'on-danger': readableOn(signals.danger[mode]),
  };
}

export const isLight = (palette: Palette): boolean => luminanceOf(layersOf(palette)[0]) > 0.3;

/** Card and page: what is lighter looks as if it lay above, in the dark as in the light. */
function layersOf({ background, surface }: Palette): [string, string] {
  return luminanceOf(surface) > luminanceOf(background) ? [surface, background] : [background, surface];
}

/** So much of the other colour in this one, from 0 to 1. */
export function mix(color: string, other: string, share: number): string {
  const parts = [1, 3, 5].map((place) => {
    const [own, its] = [color, other].map((from) => Number.parseInt(from.slice(place, place + 2), 16));
    return Math.round(own! + (its! - own!) * share);
  });
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The nearest to the colour that has the contrast on all of these, or the best there is. */
export function legible(color: string, backs: readonly string[], needed: number): string {
  const worst = (candidate: string) => Math.min(...backs.map((back) => contrastOf(candidate, back)));
  if (worst(color) >= needed) return color;
  const end = worst('#000000') >= worst('#ffffff') ? '#000000' : '#ffffff';
  for (let share = 0.05; share < 1; share += 0.05) {
    const candidate = mix(color, end, share);
    if (worst(candidate) >= needed) return candidate;
  }
  return end;
}
