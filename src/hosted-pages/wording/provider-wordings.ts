import type { ProviderWording } from './provider-wording.js';
import { germanProviders } from './providers.de.js';
import { englishProviders } from './providers.en.js';

const wordings: Readonly<Record<string, ProviderWording>> = { en: englishProviders, de: germanProviders };

/** @param language one of the pages' own */
export const providerWordingOf = (language: string): ProviderWording =>
  wordings[language] ?? englishProviders;
