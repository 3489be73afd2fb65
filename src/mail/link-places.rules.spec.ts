import { describe, expect, it } from '@jest/globals';
import { placeInHtml, placeInText } from './link-places.rules.js';

describe('Placing a link', () => {
  const length = 190_000;

  it.each([
    ['a word', `${'x'.repeat(length)} S`],
    ['spaces', `x${' '.repeat(length)}S`],
    ['an opening', `${'a-'.repeat(length / 2)}(S`],
    ['tags', `${'<b '.repeat(length / 3)}S`],
    ['attributes', `<b${' a'.repeat(length / 2)} S`],
    ['equals signs', `<b${' a = '.repeat(length / 5)}S`],
    ['style sheets', `<style>${'[a'.repeat(length / 2)}</style>S`],
    ['lines', 'S<br>'.repeat(length / 5)],
  ])('takes no time, whatever is long before it: %s', (_, html) => {
    const start = performance.now();

    placeInText(html, 'S', 'link');
    placeInHtml(html, 'S', 'link');

    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
