import { html, type Markup } from '../../platform/http/html/markup.js';
import type { AccountPath } from './account-addresses.js';
import type { AccountVisit } from './account-page.js';

/** The way to what is older, and back to the newest; null on a list that fits a page. */
export function olderLink(
  { visit, words, addresses }: AccountVisit,
  path: AccountPath,
  parameter: string,
  cursor: string | null,
): Markup | null {
  const isOlder = visit.asked(parameter) !== '';
  if (cursor === null && !isOlder) return null;
  return html`<p class="row">
    ${isOlder ? html`<a href="${addresses.to(path)}">${words.newest}</a>` : null}
    ${cursor === null ? null : html`<a href="${addresses.to(path, { [parameter]: cursor })}">${words.older}</a>`}
  </p>`;
}
