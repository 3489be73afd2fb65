import { describe, expect, it } from '@jest/globals';
import { contrastOf } from './contrast.rules.js';
import { legible, mix, pageColors } from './page-colors.rules.js';
import { type Palette, productPalettes } from './palette.rules.js';

const { light, dark } = productPalettes;

/** What stands on what, and the contrast that WCAG 2.2 wants of it. */
const pairs: [front: string, back: string, needed: number][] = [
  ['text', 'card', 4.5],
  ['text', 'field', 4.5],
  ['text', 'accent-soft', 4.5],
  ['text', 'danger-soft', 4.5],
  ['text', 'warning-soft', 4.5],
  ['muted', 'card', 4.5],
  ['muted', 'field', 4.5],
  ['page-text', 'page', 4.5],
  ['page-text', 'page-tint', 4.5],
  ['page-muted', 'page', 4.5],
  ['page-link', 'page', 4.5],
  ['link', 'card', 4.5],
  ['link', 'accent-soft', 4.5],
  ['on-accent', 'accent', 4.5],
  ['danger', 'card', 4.5],
  ['danger', 'danger-soft', 4.5],
  ['good', 'good-soft', 4.5],
  ['warning', 'warning-soft', 4.5],
  ['on-danger', 'danger-fill', 4.5],
  ['control', 'card', 3],
  ['accent-edge', 'card', 3],
  ['focus', 'card', 3],
];

const palettes: [string, Palette][] = [
  ['of the product in the light', light],
  ['of the product in the dark', dark],
  ['with yellow on white', { ...light, primary: '#ffee00', onPrimary: '#ffffff' }],
  ['with white on white', { ...light, primary: '#ffffff', onPrimary: '#ffffff', text: '#ffffff' }],
  ['with black on black', { ...dark, primary: '#000000', onPrimary: '#000000', text: '#000000' }],
  ['that is dark in the light', { ...dark }],
  ['with a middle grey', { ...light, primary: '#808080', onPrimary: '#808080' }],
  ['in red', { ...light, background: '#fff5f5', surface: '#ffe3e3', primary: '#b42318' }],
];

describe('The colours of a page', () => {
  it.each(palettes)('can be read, %s', (_, palette) => {
    const colors = pageColors(palette);

    for (const [front, back, needed] of pairs) {
      const ratio = contrastOf(colors[front]!, colors[back]!);
      expect({ [`${front}/${back}`]: ratio >= needed ? 'enough' : ratio }).toEqual({
        [`${front}/${back}`]: 'enough',
      });
    }
  });

  it('are those of the look where these can be read', () => {
    expect(pageColors(light)).toMatchObject({
      card: light.background,
      page: light.surface,
      text: light.text,
      accent: light.primary,
      link: light.primary,
    });
  });

  it('have the card above the page, in the dark as in the light', () => {
    expect(pageColors(dark)).toMatchObject({ card: dark.surface, page: dark.background });
  });

  it.each(['red', '#fff', '#1234567', '#00000g', '#000000;}body{display:none', ''])(
    'are never made from %j',
    (color) => {
      for (const name of Object.keys(light))
        expect(() => pageColors({ ...light, [name]: color })).toThrow('no colour');
    },
  );

  it('move no further than they must', () => {
    expect(legible('#767676', ['#ffffff'], 4.5)).toBe('#767676');
    expect(contrastOf(legible('#888888', ['#ffffff'], 4.5), '#ffffff')).toBeLessThan(5.5);
    expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
  });
});
