import { PublicAddresses } from '../../platform/http/public-addresses.js';
import { decideLanguage } from '../language.rules.js';
import type { Services } from '../hosted-page.js';
import { type Visit, wordings } from '../visit.js';

/** The pages of an account that somebody can be brought back to, below `/o/{slug}/`; the list is closed. */
export const accountPaths = [
  'account',
  'account/profile',
  'account/email',
  'account/email/change',
  'account/password',
  'account/sessions',
  'account/applications',
  'account/linked-accounts',
  'account/activity',
  'account/data',
  'account/deactivation',
  'account/deletion',
] as const;
export type AccountPath = (typeof accountPaths)[number];

/** The name of a page among those that a sign-in can lead to: `account-email-change`. */
export const returnPlaceOf = (path: AccountPath): string => path.replaceAll('/', '-');

/** Addresses of this organization's pages, on whichever name of the host the visitor is. */
export class AccountAddresses {
  readonly #root: string;
  readonly #language: string | null;

  constructor(services: Services, visit: Visit, userLocale: string | null) {
    this.#root = new URL(services.get(PublicAddresses).issuer(visit.organization.slug)).pathname;
    this.#language = chosenLanguage(visit, userLocale);
  }

  /** In the language that the visitor has chosen on the page. */
  to(path: string, query: Readonly<Record<string, string>> = {}): string {
    return this.at(path, { ...query, ...(this.#language !== null && { ui_locales: this.#language }) });
  }

  /** In the language that the visitor gets by themselves. */
  at(path: string, query: Readonly<Record<string, string>> = {}): string {
    const text = new URLSearchParams(query).toString();
    const place = path === '' ? this.#root : `${this.#root}/${path}`;
    return `${place}${text === '' ? '' : `?${text}`}`;
  }

  /** Where somebody shows who they are, and comes back from. */
  signIn(returnTo: AccountPath, reason: 'sign-in' | 'reauthentication' = 'sign-in'): string {
    return this.to('sign-in', {
      return_to: returnPlaceOf(returnTo),
      ...(reason === 'reauthentication' && { prompt: 'login' }),
    });
  }
}

/** The language of the page where that is not the one that the visitor would get anyway. */
function chosenLanguage({ request, wording }: Visit, userLocale: string | null): string | null {
  const { language } = wording.shell;
  const accepted = request.headers['accept-language'];
  return decideLanguage(Object.keys(wordings), '', userLocale, accepted) === language ? null : language;
}
