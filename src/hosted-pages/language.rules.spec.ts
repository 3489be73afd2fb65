import { describe, expect, it } from '@jest/globals';
import { decideLanguage } from './language.rules.js';

describe('The language of a page', () => {
  it.each([
    ['', undefined, 'en'],
    ['', '', 'en'],
    ['', 'de', 'de'],
    ['', 'de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['', 'en;q=0.5, de;q=0.7', 'de'],
    ['', 'fr, de;q=0.4, en;q=0.3', 'de'],
    ['', 'fr', 'en'],
    ['', 'de;q=0, en', 'en'],
    ['', 'de;q=x', 'en'],
    ['', '*', 'en'],
    ['', ',;,=;q', 'en'],
    ['de', 'en', 'de'],
    ['fr-CA DE-ch', 'en', 'de'],
    ['fr', 'de', 'de'],
    ['<script>', 'de', 'de'],
    [`${'x '.repeat(1_000)}de`, undefined, 'en'],
  ])('for ui_locales "%s" and "%s" is %s', (uiLocales, acceptLanguage, language) => {
    expect(decideLanguage(['en', 'de'], uiLocales, null, acceptLanguage)).toBe(language);
  });

  it('is that of whoever is signed in, unless a link asks for another', () => {
    expect(decideLanguage(['en', 'de'], '', 'de-CH', 'en')).toBe('de');
    expect(decideLanguage(['en', 'de'], 'en', 'de-CH', 'de')).toBe('en');
    expect(decideLanguage(['en', 'de'], '', 'fr-CH', 'de')).toBe('de');
  });
});
