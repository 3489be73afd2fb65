import type { AccountWording } from './account-wording.js';
import { german } from './de.js';
import { english } from './en.js';

const wordings: Readonly<Record<string, AccountWording>> = { en: english, de: german };

/** @param language that of the page */
export function accountWordingOf(language: string): AccountWording {
  return wordings[language] ?? english;
}
