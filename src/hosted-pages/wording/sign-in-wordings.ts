import { germanSignIn } from './sign-in.de.js';
import { englishSignIn } from './sign-in.en.js';
import type { SignInWording } from './sign-in-wording.js';

const wordings: Readonly<Record<string, SignInWording>> = { en: englishSignIn, de: germanSignIn };

/** @param language one of the pages' own */
export const signInWordingOf = (language: string): SignInWording => wordings[language] ?? englishSignIn;
