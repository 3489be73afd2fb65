import { describe, expect, it } from '@jest/globals';
import { contrastOf, luminanceOf, readableOn } from '../platform/colors/contrast.rules.js';
import { colorsOf, contrastWarnings, footerFor, repeatedFooter, textsOf } from './theme.rules.js';

describe('contrastOf', () => {
  // Known values of the WCAG's own examples and widely used checkers.
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#777777', '#ffffff', 4.478],
    ['#767676', '#ffffff', 4.542],
    ['#0000ff', '#ffffff', 8.592],
    ['#ff0000', '#ffffff', 3.998],
    ['#FFFF00', '#000000', 19.556],
  ])('of %s and %s is %d, whichever comes first', (one, other, ratio) => {
    expect(contrastOf(one, other)).toBeCloseTo(ratio, 2);
    expect(contrastOf(other, one)).toBe(contrastOf(one, other));
  });

  it('goes by luminance from 0 to 1', () => {
    expect([luminanceOf('#000000'), luminanceOf('#ffffff')]).toEqual([0, 1]);
  });

  it('always reaches 4.5 with black or white', () => {
    for (let red = 0; red < 256; red += 15)
      for (let green = 0; green < 256; green += 15)
        for (let blue = 0; blue < 256; blue += 15) {
          const color = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
          expect(contrastOf(readableOn(color), color)).toBeGreaterThanOrEqual(4.5);
        }
  });
});

describe('the theme', () => {
  const unset = { colors: {}, texts: {} };

  it('has no trouble of its own', () => {
    expect(contrastWarnings(colorsOf(unset))).toEqual([]);
  });

  it('takes a brand for both modes, unless each has its own', () => {
    const { light, dark } = colorsOf({ ...unset, colors: { light: { primary: '#ffd400' } } });

    expect([light.primary, dark.primary]).toEqual(['#ffd400', '#ffd400']);
    expect(light.onPrimary).toBe('#000000');
    expect(
      colorsOf({ ...unset, colors: { light: { primary: '#112233' }, dark: { primary: '#ddeeff' } } }),
    ).toMatchObject({
      light: { primary: '#112233', onPrimary: '#ffffff' },
      dark: { primary: '#ddeeff', onPrimary: '#000000' },
    });
  });

  it('warns of what is hard to read, where it is', () => {
    const colors = colorsOf({
      ...unset,
      colors: {
        light: { text: '#777777', surface: '#777777', primary: '#0000ff', onPrimary: '#000000' },
        dark: { primary: '#12141a' },
      },
    });

    expect(contrastWarnings(colors)).toEqual([
      { pair: 'text/background', mode: 'light', ratio: 4.47, needed: 4.5 },
      { pair: 'text/surface', mode: 'light', ratio: 1, needed: 4.5 },
      { pair: 'onPrimary/primary', mode: 'light', ratio: 2.44, needed: 4.5 },
      { pair: 'primary/background', mode: 'dark', ratio: 1, needed: 3 },
    ]);
  });

  it('is called like its organization until it has a name', () => {
    expect(textsOf(unset, 'Acme').productName).toBe('Acme');
    expect(textsOf({ ...unset, texts: { productName: 'Roadrunner' } }, 'Acme').productName).toBe(
      'Roadrunner',
    );
  });

  it.each([
    ['de-AT', 'Österreich'],
    ['de-CH', 'Deutsch'],
    ['DE', 'Deutsch'],
    ['fr', 'English'],
    [null, 'English'],
  ])('has for %s the footer %s', (locale, text) => {
    const footers = [
      { locale: 'de', text: 'Deutsch' },
      { locale: 'en', text: 'English' },
      { locale: 'de-at', text: 'Österreich' },
    ];
    expect(footerFor(footers, locale)).toBe(text);
  });

  it('has the first footer where there is no English one, and none where there is none', () => {
    expect(footerFor([{ locale: 'it', text: 'Italiano' }], 'fr')).toBe('Italiano');
    expect(footerFor([], 'fr')).toBeNull();
  });

  it('has one footer a language', () => {
    const [de, en] = [
      { locale: 'de', text: 'x' },
      { locale: 'en', text: 'x' },
    ];
    expect(repeatedFooter([de!, en!])).toBeNull();
    expect(repeatedFooter([de!, en!, { locale: 'DE', text: 'y' }])).toBe(2);
  });
});
